package dev.panacea.ace.landmark;

import dev.panacea.ace.drawn.Point;

/** Distances between places, and between features. */
final class Places {
    private Places() {}

    static double distance(Point a, Point b) {
        return Math.hypot(a.x() - b.x(), a.y() - b.y());
    }

    /** The square of the distance between some features and those of K that begin at a place in others. */
    static double squared(float[] features, float[] others, int from) {
        double sum = 0;
        for (int k = 0; k < features.length; k++) {
            double difference = (double) features[k] - others[from + k];
            sum += difference * difference;
        }
        return sum;
    }
}
