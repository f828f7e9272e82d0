package dev.panacea.ace.run;

import dev.panacea.nn.ConfigException;

/**
 * How batches are loaded.
 *
 * @param threads threads that make views ahead of the steps
 * @param badShare share of the pictures that may be unreadable before a run stops, 0..1
 */
public record LoadLimits(int threads, double badShare) {
    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public LoadLimits {
        if (threads < 1 || threads > 1024 || !(badShare >= 0 && badShare <= 1)) {
            throw new ConfigException("loading: threads " + threads + ", share of bad pictures " + badShare
                    + " (need 1..1024 and 0..1)");
        }
    }

    /** A thread for each processor, and one bad picture in a hundred. */
    public static LoadLimits usual() {
        return new LoadLimits(Runtime.getRuntime().availableProcessors(), 0.01);
    }
}
