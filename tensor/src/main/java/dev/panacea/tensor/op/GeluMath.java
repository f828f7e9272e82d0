package dev.panacea.tensor.op;

/** GELU and its derivative in double precision, both forms. */
final class GeluMath {
    /** The normal density at 0. */
    static final double PEAK = 1 / Math.sqrt(2 * Math.PI);
    /** Twice √(2/π): the tanh form is x·sigmoid(SLOPE·(x + CUBIC·x³)). */
    static final double SLOPE = 2 * Math.sqrt(2 / Math.PI);
    /** The weight of x³ in the tanh form. */
    static final double CUBIC = 0.044715;

    private GeluMath() {}

    static double exact(double x) {
        return x * NormalDistribution.below(x);
    }

    static double exactSlope(double x) {
        return NormalDistribution.below(x) + x * PEAK * Math.exp(-x * x / 2);
    }

    static double tanhForm(double x) {
        return x / (1 + Math.exp(-SLOPE * (x + CUBIC * x * x * x)));
    }

    static double tanhFormSlope(double x) {
        double s = 1 / (1 + Math.exp(-SLOPE * (x + CUBIC * x * x * x)));
        return s + x * s * (1 - s) * SLOPE * (1 + 3 * CUBIC * x * x);
    }
}
