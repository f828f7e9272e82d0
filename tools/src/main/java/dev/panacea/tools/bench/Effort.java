package dev.panacea.tools.bench;

import java.util.Arrays;

/**
 * How long to measure a row.
 *
 * @param seconds a round takes at least
 * @param repeats calls of a round instead, where it is not 0
 */
record Effort(double seconds, int repeats) {
    private static final int LEAST_CALLS = 3;
    private static final int MOST_CALLS = 100_000;
    private static final int MOST_ROUNDS = 40;
    private static final double WARM_SECONDS = 1; // on a busy machine the compiler may come this late
    private static final double STILL_FASTER = 0.95;

    /**
     * The last round.
     *
     * @param seconds the median of its calls
     * @param calls how many there were
     * @param before memory before it
     * @param after memory after it
     */
    record Round(double seconds, int calls, Footprint before, Footprint after) {}

    /** Calls round after round, until one is hardly faster than the one before: then the compiler has done its work. */
    Round measure(Runnable call) {
        long begun = System.nanoTime();
        Round last = round(call);
        for (int rounds = 1; rounds < MOST_ROUNDS; rounds++) {
            Round next = round(call);
            boolean warm = repeats != 0 || (System.nanoTime() - begun) * 1e-9 > WARM_SECONDS;
            boolean settled = warm && next.seconds > STILL_FASTER * last.seconds;
            last = next;
            if (settled) {
                break;
            }
        }
        return last;
    }

    private Round round(Runnable call) {
        double[] taken = new double[repeats == 0 ? 64 : repeats];
        int calls = 0;
        Footprint before = Footprint.now();
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
        Footprint after = Footprint.now();
        Arrays.sort(taken, 0, calls);
        return new Round((taken[(calls - 1) / 2] + taken[calls / 2]) / 2, calls, before, after);
    }

    private boolean wants(int calls, double elapsed) {
        return repeats != 0 ? calls < repeats : calls < LEAST_CALLS || calls < MOST_CALLS && elapsed < seconds;
    }
}
