package dev.panacea.ace.study;

import java.util.Arrays;

/**
 * Some numbers as a distribution: mean, deviation, and a density from a Gaussian kernel whose width follows Scott's
 * rule, {@code sd · n^(-1/5)}, as in SciPy's {@code gaussian_kde}.
 */
public final class Density {
    private static final double LEAST = 1e-4; // numbers that are all the same have a density too
    private static final double BEYOND = 3.5; // kernel widths on each side of the smallest and the largest number

    private final double[] values;
    private final double mean;
    private final double deviation;

    /**
     * The distribution of these.
     *
     * @param values one or more
     */
    public Density(double[] values) {
        this.values = values.clone();
        mean = Arrays.stream(values).sum() / values.length;
        double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
        deviation = values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
    }

    /** Their mean. */
    public double mean() {
        return mean;
    }

    /** Their standard deviation, by n - 1. */
    public double deviation() {
        return deviation;
    }

    /** The standard deviation of the kernel. */
    public double bandwidth() {
        return Math.max(deviation * Math.pow(values.length, -0.2), LEAST);
    }

    /** The density at a place. */
    public double at(double x) {
        double sum = 0;
        for (double value : values) {
            double z = (x - value) / bandwidth();
            sum += Math.exp(-z * z / 2);
        }
        return sum / (values.length * bandwidth() * Math.sqrt(2 * Math.PI));
    }

    /** The density as a line, wherever there is some. */
    Plot.Series line(String name, int points) {
        double from = Arrays.stream(values).min().orElseThrow() - BEYOND * bandwidth();
        double to = Arrays.stream(values).max().orElseThrow() + BEYOND * bandwidth();
        double[] x = new double[points];
        Arrays.setAll(x, i -> from + (to - from) * i / (points - 1));
        return new Plot.Series(name, x, Arrays.stream(x).map(this::at).toArray());
    }
}
