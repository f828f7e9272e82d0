package dev.panacea.ace.transfer;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The scores of one label, ranked once, so that the area under the ROC curve of any draw needs no sorting. */
final class RankedLabel {
    private final int[] ranks; // 0 for the least score; equal scores share one
    private final float[] targets;
    private final int values;

    /**
     * Ranks.
     *
     * @param scores of each picture
     * @param targets 1 (yes), 0 (no), or NaN (not known)
     */
    RankedLabel(double[] scores, float[] targets) {
        double[] distinct = Arrays.stream(scores).map(score -> score + 0.0).sorted().distinct().toArray(); // no −0
        this.ranks = IntStream.range(0, scores.length).map(i -> Arrays.binarySearch(distinct, scores[i] + 0.0))
                .toArray();
        this.targets = targets;
        this.values = distinct.length;
    }

    /** How often a positive of these pictures scores higher than a negative, ties counting half; NaN without both. */
    double area(int[] pictures) {
        int[] positive = new int[values];
        int[] negative = new int[values];
        for (int picture : pictures) {
            if (targets[picture] == 1) {
                positive[ranks[picture]]++;
            } else if (targets[picture] == 0) {
                negative[ranks[picture]]++;
            }
        }
        double won = 0;
        long positives = 0;
        long negatives = 0;
        for (int rank = 0; rank < values; rank++) {
            won += positive[rank] * (negatives + negative[rank] / 2.0);
            positives += positive[rank];
            negatives += negative[rank];
        }
        return won / ((double) positives * negatives); // 0/0 is NaN
    }
}
