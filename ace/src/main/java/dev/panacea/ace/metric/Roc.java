package dev.panacea.ace.metric;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The receiver operating characteristic of one class: of all positives the share found, against the share of the
 * negatives taken for positives, as the threshold falls. Pictures of equal score come in together, so that ties count
 * half.
 *
 * @param falsePositive shares of the negatives, rising from 0 to 1
 * @param truePositive shares of the positives, rising from 0 to 1
 * @param thresholds the least score that counts as positive at each point; infinity at the first
 */
public record Roc(double[] falsePositive, double[] truePositive, double[] thresholds) {
    /**
     * The curve; empty where there are no positives or no negatives, since then there is none.
     *
     * @param scores any numbers, larger for what looks more like the class; NaN is refused
     * @param truth which are of the class
     * @throws IllegalArgumentException if the lengths differ or a score is no number
     */
    public static Optional<Roc> of(double[] scores, boolean[] truth) {
        if (scores.length != truth.length) {
            throw new IllegalArgumentException("roc: " + scores.length + " scores, " + truth.length
                    + " truths (need as many)");
        }
        int positives = 0;
        for (int i = 0; i < truth.length; i++) {
            positives += truth[i] ? 1 : 0;
            if (Double.isNaN(scores[i])) {
                throw new IllegalArgumentException("roc: score " + i + " is not a number (need numbers)");
            }
        }
        int negatives = truth.length - positives;
        if (positives == 0 || negatives == 0) {
            return Optional.empty();
        }
        int[] order = IntStream.range(0, scores.length).boxed()
                .sorted((a, b) -> Double.compare(scores[b], scores[a])).mapToInt(Integer::intValue).toArray();
        double[][] points = new double[3][scores.length + 1];
        points[2][0] = Double.POSITIVE_INFINITY;
        int count = 1;
        int hits = 0;
        for (int i = 0; i < order.length; i++) {
            hits += truth[order[i]] ? 1 : 0;
            if (i + 1 == order.length || scores[order[i + 1]] != scores[order[i]]) {
                points[0][count] = (double) (i + 1 - hits) / negatives;
                points[1][count] = (double) hits / positives;
                points[2][count++] = scores[order[i]];
            }
        }
        return Optional.of(new Roc(Arrays.copyOf(points[0], count), Arrays.copyOf(points[1], count),
                Arrays.copyOf(points[2], count)));
    }

    /**
     * The area under the curve, 0..1: how often a positive scores higher than a negative, ties counting half. 0.5 is
     * chance.
     */
    public double area() {
        double area = 0;
        for (int i = 1; i < falsePositive.length; i++) {
            area += (falsePositive[i] - falsePositive[i - 1]) * (truePositive[i] + truePositive[i - 1]) / 2;
        }
        return area;
    }

    /** The area, or NaN where there is no curve. */
    public static double area(double[] scores, boolean[] truth) {
        return of(scores, truth).map(Roc::area).orElse(Double.NaN);
    }
}
