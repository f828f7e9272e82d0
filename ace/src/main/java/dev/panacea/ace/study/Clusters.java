package dev.panacea.ace.study;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Embeddings that belong to classes: how well classes keep apart, by Euclidean distance.
 *
 * @param embeddings one a member
 * @param classes which class each belongs to, from 0
 * @param origins what each comes from, such as a picture
 */
public record Clusters(List<float[]> embeddings, int[] classes, int[] origins) {
    /**
     * Rousseeuw's silhouette, the mean over all members of {@code (b - a) / max(a, b)}: a is the mean distance to the
     * others of the own class, b to the members of the nearest other class. A member that is alone in its class has 0.
     */
    public double silhouette() {
        int count = Arrays.stream(classes).max().orElseThrow() + 1;
        int[] sizes = new int[count];
        Arrays.stream(classes).forEach(one -> sizes[one]++);
        double total = 0;
        for (int i = 0; i < classes.length; i++) {
            double[] sums = new double[count];
            for (int j = 0; j < classes.length; j++) {
                sums[classes[j]] += Embeddings.distance(embeddings.get(i), embeddings.get(j));
            }
            int own = classes[i];
            double nearest = Double.POSITIVE_INFINITY;
            for (int other = 0; other < count; other++) {
                if (other != own && sizes[other] > 0) {
                    nearest = Math.min(nearest, sums[other] / sizes[other]);
                }
            }
            double inside = sums[own] / Math.max(1, sizes[own] - 1);
            double larger = Math.max(inside, nearest);
            total += sizes[own] == 1 || larger == 0 ? 0 : (nearest - inside) / larger;
        }
        return total / classes.length;
    }

    /**
     * Share of the members whose class has the most of the nearest members of other origins; of equal ones, the class
     * of the nearest wins.
     *
     * @param neighbours how many are asked
     */
    public double accuracy(int neighbours) {
        int right = 0;
        for (int i = 0; i < classes.length; i++) {
            float[] own = embeddings.get(i);
            int origin = origins[i];
            double[] distances = embeddings.stream().mapToDouble(other -> Embeddings.distance(own, other)).toArray();
            int[] nearest = IntStream.range(0, classes.length).filter(j -> origins[j] != origin).boxed()
                    .sorted(Comparator.comparingDouble(j -> distances[j])).limit(neighbours)
                    .mapToInt(j -> classes[j]).toArray();
            right += nearest.length > 0 && most(nearest) == classes[i] ? 1 : 0;
        }
        return (double) right / classes.length;
    }

    /** The most frequent, the first of equally frequent ones. */
    private static int most(int[] votes) {
        int best = -1;
        long most = 0;
        for (int vote : votes) {
            long count = Arrays.stream(votes).filter(other -> other == vote).count();
            if (count > most) {
                most = count;
                best = vote;
            }
        }
        return best;
    }
}
