package dev.panacea.tensor.op;

/** The standard normal distribution in double precision. */
public final class NormalDistribution {
    // z / (1 - 2p) as a polynomial in w = -ln(4p(1-p)) up to w = 5, in √w beyond; constants first.
    private static final float[] MIDDLE = {1.2533138f, 0.32812777f, 0.016276567f, -0.0031915344f, -2.8677186e-4f,
        1.203807e-4f, -1.2317289e-5f, 4.4638796e-7f};
    private static final float[] TAIL = {2.5902004f, -2.9537027f, 2.8223853f, -0.97736222f, 0.19111846f, -0.019949552f,
        8.6667960e-4f};

    private NormalDistribution() {}

    /** Φ(x), the probability of a value below x, to about 15 digits. */
    public static double below(double x) {
        double above = upperTail(Math.abs(x));
        return x < 0 ? above : 1 - above;
    }

    /** The value that is exceeded with probability p in 0..½, to about 5 digits: the transform of uniform numbers. */
    public static double exceededWith(double p) {
        double w = -Math.log(4 * p * (1 - p));
        float[] polynomial = w < 5 ? MIDDLE : TAIL;
        double at = w < 5 ? w : Math.sqrt(w);
        double y = 0;
        for (int i = polynomial.length - 1; i >= 0; i--) {
            y = y * at + polynomial[i];
        }
        return y * (1 - 2 * p);
    }

    /** The polynomial of {@link #exceededWith} up to w = 5, constant first. */
    public static float[] middle() {
        return MIDDLE.clone();
    }

    /** The polynomial of {@link #exceededWith} in √w beyond, constant first. */
    public static float[] tail() {
        return TAIL.clone();
    }

    private static double upperTail(double x) {
        double peak = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
        if (x < 3) {
            double term = x;
            double sum = x;
            for (int k = 1; term > 1e-17 * sum; k++) {
                term *= x * x / (2 * k + 1);
                sum += term;
            }
            return 0.5 - peak * sum;
        }
        double fraction = 0; // Laplace's continued fraction, from the inside out
        for (int k = 100; k >= 1; k--) {
            fraction = k / (x + fraction);
        }
        return peak / (x + fraction);
    }
}
