package dev.panacea.ace.transfer;

import java.util.Arrays;

/** Middles of the numbers that could be measured: NaN does not count, and where nothing is left they are NaN. */
final class Means {
    private Means() {}

    static double mean(double... values) {
        return Arrays.stream(values).filter(value -> !Double.isNaN(value)).average().orElse(Double.NaN);
    }

    static double median(double... values) {
        double[] sorted = Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** A number in a table, in the digits of a float; empty for NaN. */
    static String shown(double value) {
        return Double.isNaN(value) ? "" : Float.toString((float) value);
    }
}
