package dev.panacea.nn.optim;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.op.GradientNorm;

/**
 * What keeps a gradient from being too long.
 *
 * @param most the longest Euclidean norm that stays as it is; infinite for no clipping
 * @param each whether each tensor is clipped by itself, or all as one vector
 */
public record Clipping(double most, boolean each) {
    /** No clipping; the norm is not even computed. */
    public static final Clipping NONE = new Clipping(Double.POSITIVE_INFINITY, false);

    /**
     * Checks the norm.
     *
     * @throws ConfigException if {@code most} is not positive
     */
    public Clipping {
        if (!(most > 0)) {
            throw new ConfigException("clipping: norm out of range: " + most + " (need more than 0)");
        }
    }

    /** All gradients as one vector, as PyTorch's {@code clip_grad_norm_} does. */
    public static Clipping global(double most) {
        return new Clipping(most, false);
    }

    /** Each tensor's gradient by itself, as DINO does. */
    public static Clipping perTensor(double most) {
        return new Clipping(most, true);
    }

    /** The op that computes norm and scale. */
    GradientNorm norm() {
        return new GradientNorm(most, each);
    }
}
