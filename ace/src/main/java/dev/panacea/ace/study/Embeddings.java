package dev.panacea.ace.study;

import java.util.List;

/** Arithmetic on embeddings, K numbers each. Sums are of doubles, in a fixed order. */
public final class Embeddings {
    private static final double LEAST = 1e-12;

    private Embeddings() {}

    /** The cosine of the angle between two; 0 where one has no length. */
    public static double cosine(float[] a, float[] b) {
        double product = 0;
        double aa = 0;
        double bb = 0;
        for (int k = 0; k < a.length; k++) {
            product += (double) a[k] * b[k];
            aa += (double) a[k] * a[k];
            bb += (double) b[k] * b[k];
        }
        return product / Math.max(Math.sqrt(aa) * Math.sqrt(bb), LEAST);
    }

    /** The Euclidean distance of two. */
    public static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            double difference = (double) a[k] - b[k];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    /** The mean of some. */
    public static float[] mean(List<float[]> some) {
        float[] mean = new float[some.getFirst().length];
        for (int k = 0; k < mean.length; k++) {
            double sum = 0;
            for (float[] one : some) {
                sum += one[k];
            }
            mean[k] = (float) (sum / some.size());
        }
        return mean;
    }

    /** One less another. */
    public static float[] difference(float[] a, float[] b) {
        float[] difference = new float[a.length];
        for (int k = 0; k < a.length; k++) {
            difference[k] = a[k] - b[k];
        }
        return difference;
    }

    /** Shares that add up to 1, as Eq. 1 makes them of an embedding. */
    public static float[] softmax(float[] a) {
        double most = Double.NEGATIVE_INFINITY;
        for (float value : a) {
            most = Math.max(most, value);
        }
        double sum = 0;
        for (float value : a) {
            sum += StrictMath.exp(value - most);
        }
        float[] shares = new float[a.length];
        for (int k = 0; k < a.length; k++) {
            shares[k] = (float) (StrictMath.exp(a[k] - most) / sum);
        }
        return shares;
    }

    /** Which of some has the largest cosine with one; the first of equal ones. */
    public static int nearest(float[] one, List<float[]> some) {
        int nearest = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < some.size(); i++) {
            double cosine = cosine(one, some.get(i));
            if (cosine > most) {
                most = cosine;
                nearest = i;
            }
        }
        return nearest;
    }
}
