package dev.panacea.nn.layer;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;

/** Two-dimensional convolution: [B, C, H, W] → [B, O, H', W']. */
public final class Conv2d implements Layer {
    private final dev.panacea.tensor.op.Conv2d conv;
    private final Parameter weight;
    private final Parameter bias;

    /**
     * Makes {@code weight} and, where asked for, {@code bias} [O].
     *
     * @param conv stride, padding, dilation and groups
     * @param window the weight's shape, [O, C / groups, KH, KW]
     */
    public Conv2d(Parameters parameters, dev.panacea.tensor.op.Conv2d conv, Shape window, boolean biased) {
        Initial initial = Initial.uniform(Math.toIntExact(window.product(1, 4)));
        weight = parameters.make("weight", initial, window.dims());
        bias = biased ? parameters.make("bias", initial, window.dim(0)) : null;
        this.conv = conv;
    }

    /** With a window of {@code kernel × kernel}, an odd number, over every pixel: pictures keep their size. */
    public static Conv2d over(Parameters parameters, int in, int out, int kernel) {
        return new Conv2d(parameters, dev.panacea.tensor.op.Conv2d.of(1, kernel / 2),
                Shape.of(out, in, kernel, kernel), true);
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        return x.conv2d(conv, pass.of(weight), bias == null ? null : pass.of(bias));
    }
}
