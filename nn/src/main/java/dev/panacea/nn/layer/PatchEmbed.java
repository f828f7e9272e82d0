package dev.panacea.nn.layer;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.TensorOps;

/**
 * Cuts pictures into patches and embeds each: [B, C, H, W] → [B, H / patch, W / patch, channels]. The convolution that
 * others use here has windows that do not overlap, so it is one matrix product over the patches, and its result lies
 * as the blocks want it.
 */
public final class PatchEmbed implements Layer {
    private final Parameter weight;
    private final Parameter bias;
    private final int patch;

    /** Makes {@code proj.weight} [channels, colours, patch, patch] and {@code proj.bias}. */
    public PatchEmbed(Parameters parameters, int colours, int patch, int channels) {
        Parameters proj = parameters.at("proj");
        weight = proj.make("weight", Initial.uniform(colours * patch * patch), channels, colours, patch, patch);
        bias = proj.make("bias", Initial.uniform(colours * patch * patch), channels);
        this.patch = patch;
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        Shape picture = x.spec().shape();
        if (picture.rank() != 4 || picture.dim(1) != weight.shape().dim(1) || picture.dim(2) % patch != 0
                || picture.dim(3) % patch != 0) {
            throw new ShapeException("patch embedding: pictures are " + picture + " (need [B, "
                    + weight.shape().dim(1) + ", H, W], H and W multiples of " + patch + ")");
        }
        int colours = picture.dim(1);
        int high = picture.dim(2) / patch;
        int wide = picture.dim(3) / patch;
        int length = colours * patch * patch;
        T patches = x.reshape(picture.dim(0), colours, high, patch, wide, patch)
                .permute(0, 2, 4, 1, 3, 5)
                .reshape(picture.dim(0), high, wide, length);
        return patches.linear(pass.of(weight).reshape(weight.shape().dim(0), length), pass.of(bias));
    }
}
