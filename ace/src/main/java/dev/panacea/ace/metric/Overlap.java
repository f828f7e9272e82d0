package dev.panacea.ace.metric;

/**
 * How far a mask that was predicted covers the true one. Those of several pictures add up to the overlap over a whole
 * set, which is not the mean of theirs: a picture with a small organ counts for less.
 *
 * @param both pixels in both masks
 * @param predicted pixels in the mask that was predicted
 * @param truth pixels in the true mask
 */
public record Overlap(long both, long predicted, long truth) {
    /** Of no picture; where sums begin. */
    public static final Overlap NONE = new Overlap(0, 0, 0);

    /**
     * Counts the pixels of one picture.
     *
     * @param predicted one truth value for each pixel
     * @param truth as many
     * @param known which pixels count, or null for all: masks may leave a border undecided
     * @throws IllegalArgumentException if the lengths differ
     */
    public static Overlap of(boolean[] predicted, boolean[] truth, boolean[] known) {
        if (predicted.length != truth.length || known != null && known.length != truth.length) {
            throw new IllegalArgumentException("overlap: masks of " + predicted.length + " and " + truth.length
                    + " pixels" + (known == null ? "" : ", " + known.length + " known") + " (need as many)");
        }
        long[] counts = new long[3];
        for (int i = 0; i < truth.length; i++) {
            if (known == null || known[i]) {
                counts[0] += predicted[i] && truth[i] ? 1 : 0;
                counts[1] += predicted[i] ? 1 : 0;
                counts[2] += truth[i] ? 1 : 0;
            }
        }
        return new Overlap(counts[0], counts[1], counts[2]);
    }

    /** Both pictures as one. */
    public Overlap plus(Overlap other) {
        return new Overlap(both + other.both, predicted + other.predicted, truth + other.truth);
    }

    /** Dice's coefficient, {@code 2|A ∩ B| / (|A| + |B|)}; 1 where both masks are empty. */
    public double dice() {
        return predicted + truth == 0 ? 1 : 2.0 * both / (predicted + truth);
    }

    /** Intersection over union, {@code |A ∩ B| / |A ∪ B|}; 1 where both masks are empty. */
    public double iou() {
        return predicted + truth == 0 ? 1 : (double) both / (predicted + truth - both);
    }
}
