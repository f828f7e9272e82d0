package dev.panacea.tools.bench;

import java.util.Arrays;

/**
 * How long to measure a row.
 *
 * @param seconds to warm up for, and again to measure for
 * @param repeats calls of each instead, where it is not 0
 */
record Effort(double seconds, int repeats) {
    private static final int LEAST = 3;
    private static final int MOST = 100_000;

    /** The median seconds of one call, warm. */
    double median(Runnable call) {
        run(call);
        return middle(run(call));
    }

    /** Seconds of each of a number of calls. */
    double[] run(Runnable call) {
        double[] taken = new double[repeats == 0 ? 64 : repeats];
        int calls = 0;
        long begun = System.nanoTime();
        for (long now = begun; wants(calls, (now - begun) * 1e-9);) {
            if (calls == taken.length) {
                taken = Arrays.copyOf(taken, 2 * calls);
            }
            call.run();
            long end = System.nanoTime();
            taken[calls++] = (end - now) * 1e-9;
            now = end;
        }
        return Arrays.copyOf(taken, calls);
    }

    private boolean wants(int calls, double elapsed) {
        return repeats != 0 ? calls < repeats : calls < LEAST || calls < MOST && elapsed < seconds;
    }

    /** The median. */
    static double middle(double[] taken) {
        double[] sorted = taken.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
