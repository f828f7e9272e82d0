package dev.panacea.ace.metric;

import java.util.stream.IntStream;

/**
 * How often pictures of one class were taken for another.
 *
 * @param counts {@code counts[truth][predicted]}, square
 */
public record Confusion(long[][] counts) {
    /**
     * Counts.
     *
     * @param truth a class of each picture, 0 and up
     * @param predicted what each was taken for
     * @param classes how many classes there are
     * @throws IllegalArgumentException if the lengths differ, or a class is out of range
     */
    public static Confusion of(int[] truth, int[] predicted, int classes) {
        if (truth.length != predicted.length) {
            throw new IllegalArgumentException("confusion: " + truth.length + " truths, " + predicted.length
                    + " predictions (need as many)");
        }
        long[][] counts = new long[classes][classes];
        for (int i = 0; i < truth.length; i++) {
            if (Math.min(truth[i], predicted[i]) < 0 || Math.max(truth[i], predicted[i]) >= classes) {
                throw new IllegalArgumentException("confusion: classes " + truth[i] + ", " + predicted[i]
                        + " (need 0.." + (classes - 1) + ")");
            }
            counts[truth[i]][predicted[i]]++;
        }
        return new Confusion(counts);
    }

    /** How many classes there are. */
    public int classes() {
        return counts.length;
    }

    /** How many pictures were counted. */
    public long total() {
        return IntStream.range(0, classes()).mapToLong(this::truths).sum();
    }

    /** Share of the pictures whose class was found; NaN without pictures. */
    public double accuracy() {
        return (double) IntStream.range(0, classes()).mapToLong(k -> counts[k][k]).sum() / total();
    }

    /** Of what was taken for the class, the share that is; 0 where nothing was taken for it. */
    public double precision(int k) {
        return share(counts[k][k], predictions(k));
    }

    /** Of the class, the share that was found; 0 where there is none. */
    public double recall(int k) {
        return share(counts[k][k], truths(k));
    }

    /** The harmonic mean of precision and recall; 0 where both are. */
    public double f1(int k) {
        return share(2 * counts[k][k], truths(k) + predictions(k));
    }

    /** The mean of {@link #f1} over the classes that occur, in truth or among predictions; NaN where none does. */
    public double macroF1() {
        return IntStream.range(0, classes()).filter(k -> truths(k) + predictions(k) > 0).mapToDouble(this::f1).average()
                .orElse(Double.NaN);
    }

    private long truths(int k) {
        return IntStream.range(0, classes()).mapToLong(other -> counts[k][other]).sum();
    }

    private long predictions(int k) {
        return IntStream.range(0, classes()).mapToLong(other -> counts[other][k]).sum();
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
