package dev.panacea.ace.drawn;

import dev.panacea.tensor.RandomSource;

/** Random numbers one after another, for things that need many of different kinds. */
final class Draws {
    private final RandomSource source;
    private long next;

    Draws(RandomSource source) {
        this.source = source;
    }

    double uniform(double low, double high) {
        return low + (high - low) * source.uniform(next++);
    }

    /** Bell-shaped, never more than three deviations away: the sum of three even ones. */
    double around(double mean, double deviation) {
        return mean + 2 * deviation * (uniform(0, 1) + uniform(0, 1) + uniform(0, 1) - 1.5);
    }

    boolean chance(double probability) {
        return uniform(0, 1) < probability;
    }
}
