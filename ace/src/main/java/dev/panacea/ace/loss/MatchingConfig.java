package dev.panacea.ace.loss;

import dev.panacea.nn.ConfigException;

/**
 * Choices of a {@link MatchingLoss} and its {@link MatchingTarget}.
 *
 * @param kernel k, the side of the target's Gaussian in tokens, an odd number
 * @param sigma its width in tokens
 * @param alpha α, the weight of what should match; 1 − α is that of what should not
 * @param scale what the products of tokens are multiplied by
 * @param normalised whether the teacher's tokens are scaled to length 1 first
 * @param positivesOnly Algorithm 1 as printed, which a student satisfies that matches everything with everything; kept
 *     to show just that
 */
public record MatchingConfig(int kernel, double sigma, double alpha, double scale, boolean normalised,
        boolean positivesOnly) {
    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public MatchingConfig {
        if (kernel < 1 || kernel % 2 == 0 || !(sigma > 0 && alpha > 0 && alpha < 1 && scale > 0)
                || sigma + scale == Double.POSITIVE_INFINITY) {
            throw new ConfigException("matching: kernel " + kernel + ", sigma " + sigma + ", alpha " + alpha
                    + ", scale " + scale + " (need an odd kernel, sigma and scale above 0, 0 < alpha < 1)");
        }
    }

    /** Kernel 3, σ 1, scale 1 / 0.07, the teacher's tokens of length 1. */
    public static MatchingConfig usual(double alpha) {
        return new MatchingConfig(3, 1, alpha, 1 / 0.07, true, false);
    }

    /** Kernel 3, σ 1, products as they are (Eq. 3). */
    public static MatchingConfig paper(double alpha) {
        return new MatchingConfig(3, 1, alpha, 1, false, false);
    }

    /** The same with a kernel of another side. */
    public MatchingConfig withKernel(int side) {
        return new MatchingConfig(side, sigma, alpha, scale, normalised, positivesOnly);
    }

    /** The same in the form of Algorithm 1, or not. */
    public MatchingConfig withPositivesOnly(boolean only) {
        return new MatchingConfig(kernel, sigma, alpha, scale, normalised, only);
    }
}
