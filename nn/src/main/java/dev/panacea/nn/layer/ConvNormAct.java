package dev.panacea.nn.layer;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;

/** Convolution over every pixel, batch normalisation, and the positive part: [B, in, H, W] → [B, out, H, W]. */
public final class ConvNormAct implements Layer {
    private final Conv2d conv;
    private final BatchNorm2d norm;

    /** Makes {@code conv}, without bias, and {@code bn}; {@code kernel} is odd. */
    public ConvNormAct(Parameters parameters, int in, int out, int kernel) {
        conv = new Conv2d(parameters.at("conv"), dev.panacea.tensor.op.Conv2d.of(1, kernel / 2),
                Shape.of(out, in, kernel, kernel), false);
        norm = new BatchNorm2d(parameters.at("bn"), out);
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        return norm.forward(conv.forward(x, pass), pass).relu();
    }
}
