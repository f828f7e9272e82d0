package dev.panacea.ace.drawn;

import java.util.function.DoubleUnaryOperator;

/** A function of one number within a range, read from a table: the same bits everywhere, and fast. */
final class Curve {
    private static final int COUNT = 4096;

    /** e to the power of minus x, for 0..24. */
    static final Curve FADE = new Curve(0, 24, x -> StrictMath.exp(-x));

    private final float low;
    private final float scale;
    private final float[] values = new float[COUNT + 2];

    Curve(double low, double high, DoubleUnaryOperator function) {
        this.low = (float) low;
        scale = (float) (COUNT / (high - low));
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) function.applyAsDouble(low + i * (high - low) / COUNT);
        }
    }

    float at(float x) {
        float place = Math.min(Math.max((x - low) * scale, 0), COUNT);
        int i = (int) place;
        return values[i] + (place - i) * (values[i + 1] - values[i]);
    }

    /** Natural logarithm of a positive normal number: exponent, and a table of mantissas. */
    static float log(float x) {
        int bits = Float.floatToRawIntBits(x);
        int exponent = (bits >>> 23) - 127;
        float mantissa = Float.intBitsToFloat(bits & 0x7FFFFF | 0x3F800000);
        return exponent * 0.6931472f + LOG.at(mantissa);
    }

    private static final Curve LOG = new Curve(1, 2, StrictMath::log);
}
