package dev.panacea.nn.layer;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;

/**
 * Swin's step to half the resolution: the four tokens of a 2 × 2 square side by side, normed, and halved in channels:
 * [B, H, W, C] → [B, ⌈H / 2⌉, ⌈W / 2⌉, 2C]. An odd side is filled up with zeros. The four stand in the order of Swin's
 * code: top left, bottom left, top right, bottom right.
 */
public final class PatchMerging implements Layer {
    private final LayerNorm norm;
    private final Linear reduction;

    /** Makes {@code norm} over 4C and {@code reduction} from 4C to 2C, without bias. */
    public PatchMerging(Parameters parameters, int channels, double epsilon) {
        norm = new LayerNorm(parameters.at("norm"), 4 * channels, epsilon);
        reduction = new Linear(parameters.at("reduction"), 4 * channels, 2 * channels, false);
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        Shape s = x.spec().shape();
        if (s.dim(1) % 2 + s.dim(2) % 2 > 0) {
            x = x.pad(new int[4], new int[] {0, s.dim(1) % 2, s.dim(2) % 2, 0});
            s = x.spec().shape();
        }
        T squares = x.reshape(s.dim(0), s.dim(1) / 2, 2, s.dim(2) / 2, 2, s.dim(3))
                .permute(0, 1, 3, 4, 2, 5)
                .reshape(s.dim(0), s.dim(1) / 2, s.dim(2) / 2, 4 * s.dim(3));
        return reduction.forward(norm.forward(squares, pass), pass);
    }
}
