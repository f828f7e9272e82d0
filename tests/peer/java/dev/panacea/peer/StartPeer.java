package dev.panacea.peer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Whether every process becomes as fast as the best: a compiler that gives up on a kernel does so in some processes and
 * not in others, so {@value #PROCESSES} fresh ones run the same step.
 */
final class StartPeer {
    private static final int PROCESSES = 20;
    private static final double FLOOR = 0.9;
    private static final double ENOUGH = 0.95; // of the best so far: nothing is wrong

    private StartPeer() {}

    public static void main(String[] arguments) {
        Options options = Options.of(arguments, PROCESSES);
        Report report = new Report(options, "start: one Swin block, forward and backward, in fresh processes");
        List<Double> speeds = new ArrayList<>();
        double best = 0;
        for (int process = 0; process < options.repeats; process++) {
            speeds.add(Double.parseDouble(FreshProcess.run(HotStart.class, Integer.toString(options.threads),
                    Double.toString(process == 0 ? Double.POSITIVE_INFINITY : ENOUGH * best))));
            best = Math.max(best, speeds.getLast());
            report.say("%2d %8.2f steps/s%n", process + 1, speeds.getLast());
        }
        double worst = Collections.min(speeds);
        report.say("worst / best %.3f (at least %.1f)%n", worst / best, FLOOR);
        report.json("name", "start", "stepsPerSecond", speeds, "ratio", worst / best);
        if (worst < FLOOR * best) {
            System.err.printf("peer: start: the slowest process has %.2f of the speed of the best (need %.1f)%n",
                    worst / best, FLOOR);
            System.exit(1);
        }
    }
}
