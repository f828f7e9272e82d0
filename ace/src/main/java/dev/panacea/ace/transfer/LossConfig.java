package dev.panacea.ace.transfer;

import dev.panacea.nn.ConfigException;

/**
 * What training makes small.
 *
 * @param classWeights whether rare labels count more: of a label that may be true or not, positives count as many
 *     times as there are negatives for one; of labels of which one is true, each counts by the inverse of its frequency
 * @param dice weight of the soft Dice loss of masks that are not empty, beside the cross-entropy of each pixel; masks
 *     alone look at it
 * @param sigma width of the bell round a key point, in pixels of the view, 0.1 or more; 11 × 11 of them are not zero
 * @param heat what makes a heat map follow its target
 */
public record LossConfig(boolean classWeights, double dice, double sigma, Heat heat) {
    /** What makes a heat map follow its target. */
    public enum Heat {
        /** Each map is a distribution over its pixels, compared with the bell by cross-entropy. */
        CROSS_ENTROPY,
        /** Squared differences from a bell with a peak of 1, as the paper has it: slower to learn from few pictures. */
        SQUARES
    }

    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public LossConfig {
        if (!(dice >= 0 && dice < Double.POSITIVE_INFINITY && sigma >= 0.1 && sigma < 1e3)) {
            throw new ConfigException("loss: dice " + dice + ", sigma " + sigma
                    + " (need 0 or more, and a width of 0.1 or more)");
        }
    }

    /** No class weights, Dice as much as cross-entropy, bells of width 2. */
    public static LossConfig usual() {
        return new LossConfig(false, 1, 2, Heat.CROSS_ENTROPY);
    }
}
