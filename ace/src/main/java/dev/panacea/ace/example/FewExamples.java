package dev.panacea.ace.example;

import dev.panacea.ace.label.LabelSet;
import dev.panacea.tensor.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Some of the examples of a training part, chosen by chance; a larger choice by the same seed holds a smaller one. */
final class FewExamples {
    private FewExamples() {}

    /** So many of them, in the order of the whole. */
    static Examples of(Examples all, int count, LabelSet.Kind kind, long seed) {
        int[] order = order(all.size(), RandomSource.of(seed));
        int most = Math.min(count, order.length);
        int[] chosen = kind == LabelSet.Kind.MARKS ? Arrays.copyOf(order, most) : balanced(all, order, most, kind);
        Arrays.sort(chosen);
        return all.some(chosen);
    }

    private static int[] order(int size, RandomSource random) {
        return IntStream.range(0, size).boxed().sorted(Comparator.<Integer>comparingDouble(random::uniform)
                .thenComparing(Comparator.naturalOrder())).mapToInt(Integer::intValue).toArray();
    }

    /**
     * Each next one has a label that the fewest before it have, as long as there is one in the order: so any first few
     * are as balanced as can be. Where labels may all be false, that counts as a label too.
     */
    private static int[] balanced(Examples all, int[] order, int count, LabelSet.Kind kind) {
        int labels = all.size() == 0 ? 0 : all.targets(0).length;
        boolean[][] has = new boolean[order.length][];
        for (int i = 0; i < order.length; i++) {
            float[] targets = all.targets(order[i]);
            has[i] = new boolean[labels + 1];
            boolean none = kind == LabelSet.Kind.ANY;
            for (int label = 0; label < labels; label++) {
                has[i][label] = targets[label] == 1;
                none &= targets[label] == 0;
            }
            has[i][labels] = none;
        }
        int[] result = new int[count];
        int[] counts = new int[labels + 1];
        int[] next = new int[labels + 1]; // where in the order to look for a label
        boolean[] taken = new boolean[order.length];
        for (int to = 0; to < result.length; to++) {
            int i = next(has, taken, counts, next);
            taken[i] = true;
            result[to] = order[i];
            for (int label = 0; label <= labels; label++) {
                counts[label] += has[i][label] ? 1 : 0;
            }
        }
        return result;
    }

    private static int next(boolean[][] has, boolean[] taken, int[] counts, int[] next) {
        List<Integer> rarest = new ArrayList<>(IntStream.range(0, counts.length).boxed().toList());
        rarest.sort(Comparator.comparingInt(label -> counts[label]));
        for (int label : rarest) {
            while (next[label] < has.length && (taken[next[label]] || !has[next[label]][label])) {
                next[label]++;
            }
            if (next[label] < has.length) {
                return next[label];
            }
        }
        return IntStream.range(0, taken.length).filter(i -> !taken[i]).findFirst().orElseThrow();
    }
}
