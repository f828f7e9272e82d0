package dev.panacea.tests.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.tensor.cpu.VectorMath;
import dev.panacea.tensor.cpu.VectorWidth;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.junit.jupiter.api.Test;

/** The stated error bounds of {@link VectorMath}, against double arithmetic on floats from the whole range. */
class VectorMathTest {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final double SMALLEST = Float.MIN_VALUE;
    private static final double PEAK = 1 / Math.sqrt(2 * Math.PI);
    private static final double SLOPE = Math.sqrt(2 / Math.PI);

    @Test
    void expIsWithinItsBound() {
        ulp("exp", 1.1, VectorMath::exp, Math::exp);
    }

    @Test
    void logIsWithinOneUlp() {
        ulp("log", 1, VectorMath::log, Math::log);
        near("log near 1", 0.9, 1.1, VectorMath::log, Math::log, y -> Math.ulp((float) y));
    }

    @Test
    void softplusIsWithinThreeUlp() {
        flushed("softplus", 3, VectorMath::softplus, x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
    }

    @Test
    void sigmoidIsWithinThreeUlp() {
        flushed("sigmoid", 3, VectorMath::sigmoid, x -> 1 / (1 + Math.exp(-x)));
    }

    @Test
    void tanhIsWithinThreeUlp() {
        ulp("tanh", 3, VectorMath::tanh, Math::tanh);
    }

    @Test
    void expNonPositiveIsWithinItsBound() {
        near("expNonPositive", -87.3, 0, VectorMath::expNonPositive, Math::exp, y -> 1.1 * Math.ulp((float) y));
        near("expNonPositive far", -200, -87.3, VectorMath::expNonPositive, Math::exp, y -> 1.2e-38);
        assertEquals(0f, VectorMath.expNonPositive(FloatVector.broadcast(S, Float.NEGATIVE_INFINITY)).lane(0));
    }

    @Test
    void geluIsWithinItsBound() {
        near("gelu", -40, 40, VectorMath::gelu, x -> x * normal(x), y -> 3e-7 * Math.max(1, Math.abs(y)));
        near("gelu near 0", -1e-3, 1e-3, VectorMath::gelu, x -> x * normal(x), y -> 10 * Math.ulp((float) y));
    }

    @Test
    void geluGradientIsWithinItsBound() {
        near("geluGradient", -40, 40, VectorMath::geluGradient,
                x -> normal(x) + x * PEAK * Math.exp(-x * x / 2), y -> 3e-7);
    }

    @Test
    void geluTanhIsWithinItsBound() {
        near("geluTanh", -40, 40, VectorMath::geluTanh,
                x -> x / (1 + Math.exp(-2 * SLOPE * (x + 0.044715 * x * x * x))), y -> 3e-7 * Math.max(1, Math.abs(y)));
    }

    @Test
    void geluTanhGradientIsWithinItsBound() {
        near("geluTanhGradient", -40, 40, VectorMath::geluTanhGradient, x -> {
            double s = 1 / (1 + Math.exp(-2 * SLOPE * (x + 0.044715 * x * x * x)));
            return s + (s == 0 ? 0 : x * s * (1 - s) * 2 * SLOPE * (1 + 3 * 0.044715 * x * x));
        }, y -> 1e-6);
    }

    @Test
    void rsqrtIsWithinItsBound() {
        ulp("rsqrt", 1.5, VectorMath::rsqrt, x -> 1 / Math.sqrt(x));
    }

    @Test
    void powIsWithinItsBound() {
        for (float y : new float[] {-3, -0.5f, 0.3f, 1, 2.5f, 17, 1e4f}) {
            float[] bases = everywhere();
            for (int i = 0; i < bases.length; i += 7) {
                double want = Math.pow(bases[i], y);
                float got = VectorMath.pow(bases[i], y);
                boolean close = Float.compare((float) want, got) == 0
                        || Math.abs(got - want) <= 0.51 * Math.max(Math.ulp((float) want), SMALLEST);
                assertTrue(close, bases[i] + "^" + y + " = " + got + ", exact " + want);
            }
        }
    }

    @Test
    void specialValuesGiveTheLimits() {
        float inf = Float.POSITIVE_INFINITY;
        special("exp", VectorMath::exp, inf, 0f, 1f, 1f);
        special("log", VectorMath::log, inf, Float.NaN, -inf, -inf);
        special("softplus", VectorMath::softplus, inf, 0f, (float) Math.log(2), (float) Math.log(2));
        special("sigmoid", VectorMath::sigmoid, 1f, 0f, 0.5f, 0.5f);
        special("tanh", VectorMath::tanh, 1f, -1f, 0f, -0f);
        special("gelu", VectorMath::gelu, inf, Float.NaN, 0f, -0f);
        special("geluTanh", VectorMath::geluTanh, inf, Float.NaN, 0f, -0f);
        special("geluTanhGradient", VectorMath::geluTanhGradient, 1f, -0f, 0.5f, 0.5f);
        special("rsqrt", VectorMath::rsqrt, 0f, Float.NaN, inf, -inf);
    }

    @Test
    void sumAddsHalves() {
        float[] lanes = new float[S.length()];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = 1f / (i + 1) * (i % 3 == 0 ? -1e4f : 1f);
        }
        float sum = VectorMath.sum(FloatVector.fromArray(S, lanes, 0));
        for (int half = lanes.length / 2; half >= 1; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        assertEquals(lanes[0], sum);
    }

    private static void ulp(String name, double bound, UnaryOperator<FloatVector> fast, DoubleUnaryOperator exact) {
        check(name, everywhere(), fast, exact, y -> bound * Math.ulp((float) y));
        near(name + " in the middle", -20, 20, fast, exact, y -> bound * Math.ulp((float) y));
    }

    private static float[] everywhere() {
        float[] x = new float[1 << 18];
        for (int i = 0; i < x.length; i++) {
            x[i] = Float.intBitsToFloat(i * 16_385); // an odd step of about 2^14 visits every exponent, both signs
        }
        return x;
    }

    /** As {@link #ulp}, but results below the smallest normal float may be zero. */
    private static void flushed(String name, double bound, UnaryOperator<FloatVector> fast, DoubleUnaryOperator exact) {
        DoubleUnaryOperator allowed = y -> Math.abs(y) < 1.2e-38 ? 1.2e-38 : bound * Math.ulp((float) y);
        check(name, everywhere(), fast, exact, allowed);
        near(name + " in the middle", -20, 20, fast, exact, allowed);
    }

    private static void near(String name, double from, double to, UnaryOperator<FloatVector> fast,
            DoubleUnaryOperator exact, DoubleUnaryOperator bound) {
        float[] x = new float[1 << 17];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (from + (to - from) * i / (x.length - 1));
        }
        check(name, x, fast, exact, bound);
    }

    private static void check(String name, float[] x, UnaryOperator<FloatVector> fast, DoubleUnaryOperator exact,
            DoubleUnaryOperator bound) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i += S.length()) {
            fast.apply(FloatVector.fromArray(S, x, i)).intoArray(y, i);
        }
        double worst = 0;
        for (int i = 0; i < x.length; i++) {
            double want = exact.applyAsDouble(x[i]);
            float rounded = (float) want;
            if (Float.isNaN(rounded) || Float.isInfinite(rounded) || Float.isInfinite(y[i])) {
                boolean same = Float.compare(rounded, y[i]) == 0
                        || Math.abs(want) > 0.999999 * Float.MAX_VALUE && Math.abs(y[i]) > 0.999999 * Float.MAX_VALUE;
                assertTrue(same, name + "(" + x[i] + ") = " + y[i] + ", exact " + want);
            } else {
                double error = Math.abs(y[i] - want);
                double allowed = Math.max(bound.applyAsDouble(want), SMALLEST);
                worst = Math.max(worst, error / allowed);
                assertTrue(error <= allowed, name + "(" + x[i] + ") = " + y[i] + ", exact " + want
                        + ", error / bound " + error / allowed);
            }
        }
        if (Boolean.getBoolean("panacea.test.verbose")) {
            System.out.printf("%s: worst error %.3f of its bound%n", name, worst);
        }
    }

    private static void special(String name, UnaryOperator<FloatVector> f, float atInfinity, float atMinusInfinity,
            float atZero, float atMinusZero) {
        float[] x = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.NaN};
        float[] want = {atInfinity, atMinusInfinity, atZero, atMinusZero, Float.NaN};
        for (int i = 0; i < x.length; i++) {
            float got = f.apply(FloatVector.broadcast(S, x[i])).lane(0);
            assertEquals(want[i], got, name + "(" + x[i] + ")");
        }
    }

    private static double normal(double x) {
        return x < 0 ? erfc(-x / Math.sqrt(2)) / 2 : 1 - erfc(x / Math.sqrt(2)) / 2;
    }

    private static double erfc(double x) {
        if (x < 2) {
            return 1 - erfSeries(x);
        }
        double fraction = 0; // Laplace's continued fraction, from the inside out
        for (int k = 120; k >= 1; k--) {
            fraction = k / 2.0 / (x + fraction);
        }
        return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
    }

    private static double erfSeries(double x) {
        double term = x;
        double sum = x;
        for (int k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
            term *= -x * x / k;
            sum += term / (2 * k + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }
}
