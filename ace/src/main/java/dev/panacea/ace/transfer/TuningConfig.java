package dev.panacea.ace.transfer;

import dev.panacea.nn.ConfigException;

/**
 * How the network is trained (Sec. A.4). Epochs may be fractions.
 *
 * @param batch pictures in a step; fewer where there are fewer, but two at least, so that batch norms see two
 * @param epochs epochs of the whole run
 * @param rate learning rate at the peak
 * @param warmUpEpochs straight rise of the rate from 0; at most a quarter of the run
 * @param finalRate the rate in the end, by half a wave of the cosine
 * @param decay weight decay; none for biases, norms and tables of positions
 * @param clip the longest gradient, all parameters as one vector; 0 for any
 * @param layerDecay of each block of the backbone the rate is this part of the next one's; 1 for one rate
 * @param frozen whether the backbone stays as it is and the head alone learns: a linear probe, for a classifier
 * @param validateEpochs epochs between two looks at the validation part; more where these have fewer pictures than it
 * @param patience looks without a better one after which the run ends early; 0 for never
 */
public record TuningConfig(int batch, double epochs, double rate, double warmUpEpochs, double finalRate, double decay,
        double clip, double layerDecay, boolean frozen, double validateEpochs, int patience) {
    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public TuningConfig {
        if (batch < 1 || patience < 0 || !(epochs > 0 && epochs < 1e9 && validateEpochs > 0)) {
            throw new ConfigException("optimizer: batch " + batch + ", epochs " + epochs + ", validateEpochs "
                    + validateEpochs + ", patience " + patience
                    + " (need 1 or more, epochs above 0, patience 0 or more)");
        }
        double sum = rate + warmUpEpochs + finalRate + decay + clip;
        if (!(Math.min(Math.min(rate, finalRate), Math.min(decay, clip)) >= 0 && warmUpEpochs >= 0
                && sum < Double.POSITIVE_INFINITY && layerDecay > 0 && layerDecay <= 1)) {
            throw new ConfigException("optimizer: rate " + rate + ".." + finalRate + ", decay " + decay + ", clip "
                    + clip + ", warmUpEpochs " + warmUpEpochs + ", layerDecay " + layerDecay
                    + " (need finite, 0 or more, layerDecay above 0 and at most 1)");
        }
    }

    /** The paper's: rate 1e-4, 20 epochs of warm-up, 150 epochs; 500 where every pixel has a label. */
    public static TuningConfig usual(TransferKind kind) {
        return new TuningConfig(32, kind == TransferKind.CLASSIFY ? 150 : 500, 1e-4, 20, 1e-6, 0.05, 5, 1, false, 1,
                kind == TransferKind.CLASSIFY ? 20 : 50);
    }
}
