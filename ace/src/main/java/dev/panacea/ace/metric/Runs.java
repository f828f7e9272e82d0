package dev.panacea.ace.metric;

import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.TTest;

/**
 * One number of several runs that differ in their seeds alone.
 *
 * @param values of each run
 */
public record Runs(double[] values) {
    /** Their mean; NaN without runs. */
    public double mean() {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** The standard deviation of the population that the runs are a sample of (n − 1); NaN for fewer than two. */
    public double deviation() {
        double mean = mean();
        double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
        return values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
    }

    /**
     * The probability that two sets of runs of the same mean would differ as much as these or more, by Welch's
     * two-sided t-test, which does not ask that both deviate alike; NaN where one has fewer than two runs. Where no run
     * deviates it is 1 for equal means and 0 else.
     */
    public double pValue(Runs other) {
        if (values.length < 2 || other.values.length < 2) {
            return Double.NaN;
        }
        if (deviation() == 0 && other.deviation() == 0) {
            return mean() == other.mean() ? 1 : 0;
        }
        return TTest.withDefaults().with(DataDispersion.HETEROSCEDASTIC).test(values, other.values).getPValue();
    }

    /** Such as {@code 0.8123 ± 0.0042}, or the mean alone for one run. */
    @Override
    public String toString() {
        return values.length < 2 ? String.format(Locale.ROOT, "%.4f", mean())
                : String.format(Locale.ROOT, "%.4f ± %.4f", mean(), deviation());
    }
}
