package dev.panacea.ace.drawn;

/** Smooth curves through given points: cubics whose slopes follow from the neighbours. */
final class Spline {
    private Spline() {}

    /** A function given at rising places, sampled evenly; constant beyond its ends. */
    static double at(double[] xs, double[] ys, double x) {
        int last = xs.length - 1;
        if (x <= xs[0]) {
            return ys[0];
        }
        if (x >= xs[last]) {
            return ys[last];
        }
        int i = 0;
        while (x > xs[i + 1]) {
            i++;
        }
        double h = xs[i + 1] - xs[i];
        double t = (x - xs[i]) / h;
        double m0 = h * slope(xs, ys, i);
        double m1 = h * slope(xs, ys, i + 1);
        double rest = 1 - t;
        return ys[i] * (1 + 2 * t) * rest * rest + m0 * t * rest * rest + ys[i + 1] * t * t * (3 - 2 * t)
                - m1 * t * t * rest;
    }

    /** Limited so that the curve never leaves the range of two neighbours. */
    private static double slope(double[] xs, double[] ys, int i) {
        if (i == 0 || i == xs.length - 1) {
            return 0;
        }
        double before = (ys[i] - ys[i - 1]) / (xs[i] - xs[i - 1]);
        double after = (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]);
        return before * after <= 0 ? 0 : 2 * before * after / (before + after);
    }

    /** One coordinate of a curve through points, {@code t} from 0 to the number of points less one. */
    static double along(double[][] points, int axis, double t) {
        int i = (int) Math.clamp(t, 0, points.length - 2);
        double f = t - i;
        double p1 = points[i][axis];
        double p2 = points[i + 1][axis];
        double p0 = i > 0 ? points[i - 1][axis] : 2 * p1 - p2;
        double p3 = i + 2 < points.length ? points[i + 2][axis] : 2 * p2 - p1;
        return p1 + 0.5 * f * (p2 - p0 + f * (2 * p0 - 5 * p1 + 4 * p2 - p3 + f * (3 * (p1 - p2) + p3 - p0)));
    }

    /** 0 below {@code low}, 1 above {@code high}, smooth between. */
    static double step(double low, double high, double x) {
        double t = Math.clamp((x - low) / (high - low), 0, 1);
        return t * t * (3 - 2 * t);
    }
}
