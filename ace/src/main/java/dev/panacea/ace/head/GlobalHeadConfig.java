package dev.panacea.ace.head;

import dev.panacea.nn.ConfigException;

/**
 * Sizes of the {@link GlobalHead}.
 *
 * @param on whether there is one; without it Eq. 1's softmax is over the K channels of the pooled embedding
 * @param hidden width of the two hidden layers
 * @param bottleneck width before the last layer
 * @param outputs number of logits
 */
public record GlobalHeadConfig(boolean on, int hidden, int bottleneck, int outputs) {
    /**
     * Checks the sizes.
     *
     * @throws ConfigException if one is below 1
     */
    public GlobalHeadConfig {
        if (hidden < 1 || bottleneck < 1 || outputs < 2) {
            throw new ConfigException("global head: hidden " + hidden + ", bottleneck " + bottleneck + ", outputs "
                    + outputs + " (need 1 or more, outputs 2 or more)");
        }
    }

    /** 2048, 2048, 256 and 65,536 outputs. */
    public static GlobalHeadConfig usual() {
        return new GlobalHeadConfig(true, 2048, 256, 65_536);
    }
}
