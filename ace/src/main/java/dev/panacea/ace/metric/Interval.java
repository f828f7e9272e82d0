package dev.panacea.ace.metric;

import dev.panacea.tensor.RandomSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A number measured on some pictures, and between which values it would lie on others like them.
 *
 * @param value measured on all pictures
 * @param low of 95 % of the samples
 * @param high of 95 % of the samples
 */
public record Interval(double value, double low, double high) {
    private static final double LEVEL = 0.95;

    /**
     * The percentile bootstrap: pictures are drawn with replacement, as many as there are, and measured again. Samples
     * in which nothing can be measured, such as those without a positive, are left out; low and high are NaN where all
     * are.
     *
     * @param cases how many pictures there are
     * @param measure from the numbers of the pictures that are drawn to what is measured, NaN where it cannot be
     * @param samples how often they are drawn; 1000 and more are usual
     * @param random where the draws come from
     */
    public static Interval of(int cases, ToDoubleFunction<int[]> measure, int samples, RandomSource random) {
        int[] drawn = new int[cases];
        Arrays.setAll(drawn, i -> i);
        double value = measure.applyAsDouble(drawn);
        double[] values = new double[samples];
        int count = 0;
        for (int sample = 0; sample < samples; sample++) {
            RandomSource own = random.child(sample);
            Arrays.setAll(drawn, i -> (int) (own.uniform(i) * cases));
            double again = measure.applyAsDouble(drawn);
            if (!Double.isNaN(again)) {
                values[count++] = again;
            }
        }
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return new Interval(value, percentile(sorted, (1 - LEVEL) / 2), percentile(sorted, (1 + LEVEL) / 2));
    }

    /** Between two samples where it falls between two, in proportion. */
    private static double percentile(double[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** Such as {@code 0.8123 (0.7901–0.8311)}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.4f (%.4f–%.4f)", value, low, high);
    }
}
