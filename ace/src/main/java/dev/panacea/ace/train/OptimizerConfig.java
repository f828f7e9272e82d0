package dev.panacea.ace.train;

import dev.panacea.nn.ConfigException;

/**
 * How the student is trained (Sec. A.3). Epochs may be fractions.
 *
 * @param batch pictures in a batch
 * @param accumulate batches in a step
 * @param epochs epochs of the whole run
 * @param rate learning rate at the peak for {@code rateBatch} pictures a step; it grows in proportion to their number.
 *     The paper says 5e-4 for 32 pictures and not whether it is scaled; the released code scales it as DINO does
 * @param rateBatch see {@code rate}
 * @param warmUpEpochs straight rise of the rate from 0; at most a quarter of the run
 * @param finalRate the rate in the end
 * @param decay weight decay at first; none for biases, norms and tables of positions
 * @param finalDecay weight decay in the end
 * @param clip the longest gradient, 0 for any
 * @param clipPerTensor whether each tensor's gradient is clipped by itself, or all as one vector (the paper's "maximum
 *     norm"); the last layer of the global head, which has an optimiser of its own, is always apart
 * @param momentum λ of the teacher's moving average at first; 1 in the end
 * @param frozenEpochs how long the last layer of the global head stays as it is
 */
public record OptimizerConfig(int batch, int accumulate, double epochs, double rate, int rateBatch,
        double warmUpEpochs, double finalRate, double decay, double finalDecay, double clip, boolean clipPerTensor,
        double momentum, double frozenEpochs) {
    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public OptimizerConfig {
        if (batch < 1 || accumulate < 1 || rateBatch < 1 || !(epochs > 0 && epochs < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("optimizer: batch " + batch + ", accumulate " + accumulate + ", rateBatch "
                    + rateBatch + ", epochs " + epochs + " (need 1 or more, epochs above 0)");
        }
        double sum = rate + finalRate + decay + finalDecay + clip + warmUpEpochs + frozenEpochs;
        if (!(Math.min(Math.min(rate, finalRate), Math.min(decay, finalDecay)) >= 0 && clip >= 0 && warmUpEpochs >= 0
                && frozenEpochs >= 0 && sum < Double.POSITIVE_INFINITY && momentum >= 0 && momentum <= 1)) {
            throw new ConfigException("optimizer: rate " + rate + ".." + finalRate + ", decay " + decay + ".."
                    + finalDecay + ", clip " + clip + ", momentum " + momentum + ", warmUpEpochs " + warmUpEpochs
                    + ", frozenEpochs " + frozenEpochs + " (need finite, 0 or more, momentum 0..1)");
        }
    }

    /** The paper's: batches of 32, 100 epochs. */
    public static OptimizerConfig usual() {
        return new OptimizerConfig(32, 1, 100, 5e-4, 256, 10, 1e-6, 0.04, 0.4, 0.8, true, 0.996, 1);
    }

    /** The same, clipped per tensor or as one vector. */
    public OptimizerConfig withClipPerTensor(boolean each) {
        return new OptimizerConfig(batch, accumulate, epochs, rate, rateBatch, warmUpEpochs, finalRate, decay,
                finalDecay, clip, each, momentum, frozenEpochs);
    }

    /** Pictures in a step. */
    public int pictures() {
        return Math.multiplyExact(batch, accumulate);
    }

    /** The learning rate at the peak. */
    public double peakRate() {
        return rate * pictures() / rateBatch;
    }
}
