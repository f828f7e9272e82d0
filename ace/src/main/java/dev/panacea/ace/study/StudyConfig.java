package dev.panacea.ace.study;

import dev.panacea.nn.ConfigException;

/**
 * What studies have in common.
 *
 * @param seed what all random numbers come from
 * @param batch pictures among which one is to be found, 2 or more; the paper's 32
 * @param patches random patches of each picture, 1 or more
 * @param leastSide smallest side of a patch, as a share of the picture's, above 0
 * @param mostSide largest side, at most 1
 */
public record StudyConfig(long seed, int batch, int patches, double leastSide, double mostSide) {
    /** Batches of 32, four patches of each picture, sides of 30–60 %. */
    public static final StudyConfig USUAL = new StudyConfig(0, 32, 4, 0.3, 0.6);

    /**
     * Checks the ranges.
     *
     * @throws ConfigException if one is empty or out of range
     */
    public StudyConfig {
        if (batch < 2 || patches < 1 || !(leastSide > 0 && leastSide <= mostSide && mostSide <= 1)) {
            throw new ConfigException("study: batches of " + batch + ", " + patches + " patches, sides " + leastSide
                    + ".." + mostSide + " (need 2 pictures, 1 patch, 0 < side <= 1, from small to large)");
        }
    }

    /** The range of sides for people, such as 30–60 %. */
    String sides() {
        return Math.round(100 * leastSide) + "–" + Math.round(100 * mostSide) + " %";
    }

    /** The same with another seed. */
    public StudyConfig withSeed(long other) {
        return new StudyConfig(other, batch, patches, leastSide, mostSide);
    }

    /** The same with batches of another size. */
    public StudyConfig withBatch(int pictures) {
        return new StudyConfig(seed, pictures, patches, leastSide, mostSide);
    }

    /** The same with another number of patches of each picture. */
    public StudyConfig withPatches(int number) {
        return new StudyConfig(seed, batch, number, leastSide, mostSide);
    }
}
