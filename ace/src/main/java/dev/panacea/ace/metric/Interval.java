package dev.panacea.ace.metric;

import dev.panacea.tensor.RandomSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

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
        return drawn(cases, picked -> new double[] {measure.applyAsDouble(picked)}, samples, random).getFirst();
    }

    /**
     * Several measures of the same draws, as {@link #of(int, ToDoubleFunction, int, RandomSource)} makes one.
     *
     * @param cases how many pictures there are
     * @param measure from the numbers of the pictures that are drawn to what is measured, by name: always the same
     *        names in the same order, NaN where something cannot be measured
     * @param samples how often they are drawn
     * @param random where the draws come from
     */
    public static SequencedMap<String, Interval> all(int cases, Function<int[], SequencedMap<String, Double>> measure,
            int samples, RandomSource random) {
        List<Interval> intervals = drawn(cases, picked -> measure.apply(picked).values().stream()
                .mapToDouble(Double::doubleValue).toArray(), samples, random);
        SequencedMap<String, Interval> named = new LinkedHashMap<>();
        for (String name : measure.apply(new int[0]).keySet()) {
            named.put(name, intervals.get(named.size()));
        }
        return named;
    }

    private static List<Interval> drawn(int cases, Function<int[], double[]> measure, int samples,
            RandomSource random) {
        int[] picked = new int[cases];
        Arrays.setAll(picked, i -> i);
        double[] whole = measure.apply(picked);
        double[][] again = new double[whole.length][samples];
        for (int sample = 0; sample < samples; sample++) {
            RandomSource own = random.child(sample);
            Arrays.setAll(picked, i -> (int) (own.uniform(i) * cases));
            double[] measured = measure.apply(picked);
            for (int k = 0; k < whole.length; k++) {
                again[k][sample] = measured[k];
            }
        }
        return IntStream.range(0, whole.length).mapToObj(k -> {
            double[] sorted = Arrays.stream(again[k]).filter(value -> !Double.isNaN(value)).sorted().toArray();
            return new Interval(whole[k], percentile(sorted, (1 - LEVEL) / 2), percentile(sorted, (1 + LEVEL) / 2));
        }).toList();
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
