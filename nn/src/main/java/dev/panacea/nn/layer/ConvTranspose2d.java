package dev.panacea.nn.layer;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;

/**
 * Transposed convolution whose step is the side of its window: [B, in, H, W] → [B, out, H · side, W · side]. No two
 * windows overlap, so each pixel becomes a square of pixels by itself, and all of them by one matrix product.
 */
public final class ConvTranspose2d implements Layer {
    private final Parameter weight;
    private final Parameter bias;

    /** Makes {@code weight} [in, out, side, side] and {@code bias} [out]. */
    public ConvTranspose2d(Parameters parameters, int in, int out, int side) {
        Initial initial = Initial.uniform(out * side * side); // what PyTorch counts here, too
        weight = parameters.make("weight", initial, in, out, side, side);
        bias = parameters.make("bias", initial, out);
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        Shape s = x.spec().shape();
        Shape w = weight.shape();
        int out = w.dim(1);
        int side = w.dim(2);
        T squares = x.permute(0, 2, 3, 1).matmul(pass.of(weight).reshape(w.dim(0), out * side * side));
        return squares.reshape(s.dim(0), s.dim(2), s.dim(3), out, side, side)
                .permute(0, 3, 1, 4, 2, 5)
                .reshape(s.dim(0), out, s.dim(2) * side, s.dim(3) * side)
                .add(pass.of(bias).reshape(out, 1, 1));
    }
}
