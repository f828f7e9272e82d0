package dev.panacea.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions on vectors of {@link VectorWidth#FLOATS}, built from add, multiply, fused multiply-add, divide,
 * compare, blend and bit casts alone. Each of these is exact IEEE arithmetic, so the interpreter, both compilers and
 * every vector width give the same bits; {@code VectorOperators.EXP} and its kin do not, and no kernel may use them.
 *
 * <p>Bounds are in ulp of the correctly rounded float, for every input unless said otherwise; NaN gives NaN.
 *
 * <p>C2 stops inlining when a method has made about 18,000 nodes, and each vector operation costs 350 to 550 of them,
 * with vectors boxed from there on. So every function here is kept under 16,000: <em>one</em> call with its load and
 * store fits into one compiled loop, two calls of the larger ones do not.
 */
public final class VectorMath {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

    private static final float LOG2_E = 1.442695f;
    // ln 2 in two parts; the first has few bits, so n·LN2_HIGH is exact.
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.1219444e-4f;
    // 1.5·2^23 + 127: adding it rounds to an integer n and leaves n + 127, the exponent field of 2^n, in the low bits.
    private static final float MAGIC = 0x1.8p23f + 127;
    private static final int MAGIC_BITS = 0x4B40007F;
    private static final int ONE_BITS = 0x3F800000;
    private static final int SQRT_HALF_BITS = 0x3F3504F3;
    private static final float EXP_OVERFLOW = 88.72284f;
    private static final float EXP_ZERO = -104f;
    private static final float EXP_FLUSH = -88f;

    private static final double LN2 = 0.6931471805599453;

    private static final float NORMAL_PEAK = 0.3989423f; // 1/√(2π)
    private static final float NORMAL_FAR = 6f;          // Φ(−6) is 1e-9
    private static final float MINUS_HALF_LOG2_E = -0.7213475f;
    private static final float GELU_SLOPE = 1.5957692f;  // 2·√(2/π)
    private static final float GELU_CUBIC = 0.044715f;
    private static final float GELU_TANH_FAR = 12f;

    private static final VectorShuffle<Float> BY_8 = rotate(8);
    private static final VectorShuffle<Float> BY_4 = rotate(4);
    private static final VectorShuffle<Float> BY_2 = rotate(2);
    private static final VectorShuffle<Float> BY_1 = rotate(1);

    private VectorMath() {}

    /** e^x, within 1.1 ulp; above 88.72284 infinity, below −104 zero. */
    public static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.fma(broadcast(LOG2_E), broadcast(MAGIC));
        FloatVector n = shifted.sub(MAGIC);
        FloatVector r = remainder(x, n);
        FloatVector e = expm1(r).add(1f);
        IntVector k = shifted.reinterpretAsInts().sub(MAGIC_BITS);
        IntVector half = k.lanewise(ASHR, 1); // 2^n in two factors: n may leave the exponent's range
        FloatVector y = e.mul(powerOfTwo(half)).mul(powerOfTwo(k.sub(half)));
        return y.blend(Float.POSITIVE_INFINITY, x.compare(GT, EXP_OVERFLOW)).blend(0f, x.compare(LT, EXP_ZERO));
    }

    /** e^x for x ≤ 0, within 1.1 ulp; below −87.6 zero. Half the work of {@link #exp}; softmax needs no more. */
    public static FloatVector expNonPositive(FloatVector x) {
        FloatVector low = broadcast(EXP_FLUSH);
        FloatVector c = x.blend(low, x.compare(LT, low));
        FloatVector shifted = c.fma(broadcast(LOG2_E), broadcast(MAGIC));
        FloatVector e = expm1(remainder(c, shifted.sub(MAGIC))).add(1f);
        return e.mul(powerOfTwo(shifted));
    }

    /** Natural logarithm, within 1 ulp, denormal inputs too; −∞ at ±0, NaN below. */
    public static FloatVector log(FloatVector x) {
        VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
        IntVector bits = x.blend(x.mul(0x1p23f), tiny).reinterpretAsInts();
        IntVector k = bits.sub(SQRT_HALF_BITS).lanewise(ASHR, 23); // x = m·2^k with m in √½..√2
        FloatVector f = bits.sub(k.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector n = (FloatVector) k.convert(I2F, 0);
        n = n.blend(n.sub(23f), tiny);
        FloatVector square = f.mul(f);
        FloatVector y = square.mul(f).mul(logTail(f));
        y = n.fma(broadcast(LN2_LOW), y);
        y = f.add(square.fma(broadcast(-0.5f), y));
        y = n.fma(broadcast(LN2_HIGH), y);
        y = x.blend(y, x.compare(LT, Float.POSITIVE_INFINITY)); // NaN and infinity pass through
        return y.blend(Float.NaN, x.compare(LT, 0f))
                .blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f));
    }

    /** log(1 + e^x), within 3 ulp; below −87.6 zero. */
    public static FloatVector softplus(FloatVector x) {
        FloatVector e = expNonPositive(x.abs().neg());
        FloatVector s = e.div(e.add(2f)); // log(1 + e) = 2·artanh(e / (e + 2)), no cancellation
        FloatVector z = s.mul(s);
        FloatVector p = broadcast(0.14012232f);
        p = p.fma(z, broadcast(0.13999569f));
        p = p.fma(z, broadcast(0.2001085f));
        p = p.fma(z, broadcast(0.33333206f));
        FloatVector half = p.mul(z).fma(s, s);
        FloatVector zero = broadcast(0f);
        return half.add(half).add(x.blend(zero, x.compare(LT, zero)));
    }

    /** 1 / (1 + e^−x), within 3 ulp; below −87.6 zero. */
    public static FloatVector sigmoid(FloatVector x) {
        FloatVector e = expNonPositive(x.abs().neg());
        return e.blend(1f, x.compare(GE, 0f)).div(e.add(1f));
    }

    /** Hyperbolic tangent, within 3 ulp; odd, −0 included. */
    public static FloatVector tanh(FloatVector x) {
        FloatVector t = x.abs().add(x.abs());
        FloatVector shifted = t.fma(broadcast(LOG2_E), broadcast(MAGIC));
        FloatVector power = powerOfTwo(shifted);
        FloatVector q = expm1(remainder(t, shifted.sub(MAGIC))).fma(power, power.sub(1f)); // e^2|x| − 1
        FloatVector y = q.div(q.add(2f)).blend(1f, t.compare(GT, 20f));
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        return y.reinterpretAsInts().or(sign).reinterpretAsFloats();
    }

    /** x·Φ(x) with Φ the normal distribution (exact GELU), within 3e-7·max(1, |x|); zero below −6, NaN at −∞. */
    public static FloatVector gelu(FloatVector x) {
        FloatVector t = x.abs();
        FloatVector far = broadcast(NORMAL_FAR);
        VectorMask<Float> beyond = t.compare(GT, far);
        t = t.blend(far, beyond);
        FloatVector tail = normalBell(t).mul(normalRatio(t)).blend(0f, beyond); // Φ(−|x|)
        return x.mul(broadcast(1f).sub(tail).blend(tail, x.compare(LT, 0f)));
    }

    /** Φ(x) + x·φ(x), the derivative of {@link #gelu}, within 3e-7; beyond ±6 as at ±6, where it is 0 or 1 to 4e-8. */
    public static FloatVector geluGradient(FloatVector x) {
        FloatVector t = x.abs();
        FloatVector far = broadcast(NORMAL_FAR);
        t = t.blend(far, t.compare(GT, far));
        FloatVector y = normalBell(t).mul(t.fma(broadcast(-NORMAL_PEAK), normalRatio(t))); // Φ(−t) − t·φ(t)
        return broadcast(1f).sub(y).blend(y, x.compare(LT, 0f));
    }

    /** x·sigmoid(2u) = ½x·(1 + tanh u) with u = √(2/π)·(x + 0.044715·x³), within 3e-7·max(1, |x|); NaN at −∞. */
    public static FloatVector geluTanh(FloatVector x) {
        return x.mul(sigmoid(geluTanhInner(x)));
    }

    /** Derivative of {@link #geluTanh}, within 1e-6. */
    public static FloatVector geluTanhGradient(FloatVector x) {
        FloatVector far = broadcast(GELU_TANH_FAR);
        FloatVector t = x.abs();
        t = t.blend(far, t.compare(GT, far));
        FloatVector square = t.mul(t);
        FloatVector e = expNonPositive(square.fma(broadcast(-GELU_CUBIC * GELU_SLOPE), broadcast(-GELU_SLOPE)).mul(t));
        FloatVector d = broadcast(1f).div(e.add(1f)); // sigmoid of 2u at t; e·d at −t
        FloatVector slope = square.fma(broadcast(3 * GELU_CUBIC * GELU_SLOPE), broadcast(GELU_SLOPE)).mul(t);
        FloatVector y = e.mul(d).mul(d.mul(slope).sub(1f)); // y(t) = 1 + this, y(−t) = −this
        return y.add(1f).blend(y.neg(), x.compare(LT, 0f));
    }

    /** 1/√x, within 1.5 ulp; the correctly rounded quotient of the correctly rounded root. */
    public static FloatVector rsqrt(FloatVector x) {
        return broadcast(1f).div(x.sqrt());
    }

    /**
     * x^y, within 0.51 ulp, with {@link StrictMath#pow}'s special cases. One value at a time, in double arithmetic:
     * 2^(y·log2 x) with log2 m = 2/ln 2·artanh((m − 1)/(m + 1)), both as series cut at 1e-12.
     */
    public static float pow(float x, float y) {
        if (!(x > 0 && x < Float.POSITIVE_INFINITY && Math.abs(y) < 1e9f)) {
            return (float) StrictMath.pow(x, y);
        }
        long bits = Double.doubleToRawLongBits(x);
        int n = (int) (bits >> 52) - 1023;
        double m = Double.longBitsToDouble(bits & 0xFFFFFFFFFFFFFL | 0x3FF0000000000000L); // 1..2
        if (m > 1.4142135) {
            m *= 0.5;
            n++;
        }
        double s = (m - 1) / (m + 1);
        double z = s * s;
        double series = 1.0 / 15;
        series = Math.fma(series, z, 1.0 / 13);
        series = Math.fma(series, z, 1.0 / 11);
        series = Math.fma(series, z, 1.0 / 9);
        series = Math.fma(series, z, 1.0 / 7);
        series = Math.fma(series, z, 1.0 / 5);
        series = Math.fma(series, z, 1.0 / 3);
        series = Math.fma(series, z, 1.0);
        return (float) exp2(y * Math.fma(2 / LN2 * s, series, n));
    }

    /** 2^t, saturating far outside the range of float. */
    private static double exp2(double t) {
        double held = Math.max(-200, Math.min(200, t));
        double n = Math.rint(held);
        double r = (held - n) * LN2;
        double e = 1.0 / 3_628_800;
        e = Math.fma(e, r, 1.0 / 362_880);
        e = Math.fma(e, r, 1.0 / 40_320);
        e = Math.fma(e, r, 1.0 / 5_040);
        e = Math.fma(e, r, 1.0 / 720);
        e = Math.fma(e, r, 1.0 / 120);
        e = Math.fma(e, r, 1.0 / 24);
        e = Math.fma(e, r, 1.0 / 6);
        e = Math.fma(e, r, 0.5);
        e = Math.fma(e, r, 1.0);
        e = Math.fma(e, r, 1.0);
        return e * Double.longBitsToDouble((long) n + 1023 << 52);
    }

    /** Sum of all lanes in a fixed order: upper half onto lower half, until one lane is left. */
    public static float sum(FloatVector v) {
        FloatVector s = v;
        if (S.length() >= 16) {
            s = s.add(s.rearrange(BY_8));
        }
        if (S.length() >= 8) {
            s = s.add(s.rearrange(BY_4));
        }
        s = s.add(s.rearrange(BY_2));
        return s.add(s.rearrange(BY_1)).lane(0);
    }

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(S, value);
    }

    private static VectorShuffle<Float> rotate(int by) {
        return VectorShuffle.iota(S, by, 1, true);
    }

    /** x − n·ln 2. */
    private static FloatVector remainder(FloatVector x, FloatVector n) {
        return n.fma(broadcast(-LN2_LOW), n.fma(broadcast(-LN2_HIGH), x));
    }

    /** 2^n from {@code MAGIC + n}, for n in −127..128; the ends give zero and infinity. */
    private static FloatVector powerOfTwo(FloatVector shifted) {
        return shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    }

    /** 2^k for k in −126..127. */
    private static FloatVector powerOfTwo(IntVector k) {
        return k.lanewise(LSHL, 23).add(ONE_BITS).reinterpretAsFloats();
    }

    /** e^r − 1 for |r| ≤ ½ ln 2; polynomial error 4.5e-9. */
    private static FloatVector expm1(FloatVector r) {
        FloatVector p = broadcast(1.3950538e-3f);
        p = p.fma(r, broadcast(8.368918e-3f));
        p = p.fma(r, broadcast(4.1666206e-2f));
        p = p.fma(r, broadcast(0.16666518f));
        p = p.fma(r, broadcast(0.5f));
        return r.mul(r).fma(p, r);
    }

    /** (log(1 + f) − f + ½f²) / f³ for √½ ≤ 1 + f ≤ √2. */
    private static FloatVector logTail(FloatVector f) {
        FloatVector p = broadcast(6.9151253e-2f);
        p = p.fma(f, broadcast(-0.11789685f));
        p = p.fma(f, broadcast(0.1187302f));
        p = p.fma(f, broadcast(-0.12384372f));
        p = p.fma(f, broadcast(0.14218655f));
        p = p.fma(f, broadcast(-0.1666925f));
        p = p.fma(f, broadcast(0.20002227f));
        p = p.fma(f, broadcast(-0.24999987f));
        return p.fma(f, broadcast(0.3333331f));
    }

    /** e^(−t²/2) for t in 0..6, within 1e-7 times the larger of its value and 0.1. */
    private static FloatVector normalBell(FloatVector t) {
        FloatVector s = t.mul(t).mul(MINUS_HALF_LOG2_E);
        FloatVector shifted = s.add(MAGIC);
        FloatVector f = s.sub(shifted.sub(MAGIC));
        FloatVector p = broadcast(1.3407256e-3f);
        p = p.fma(f, broadcast(9.671875e-3f));
        p = p.fma(f, broadcast(5.5503085e-2f));
        p = p.fma(f, broadcast(0.24022235f));
        p = p.fma(f, broadcast(0.69314724f));
        p = p.fma(f, broadcast(1f));
        return p.mul(powerOfTwo(shifted));
    }

    /** Φ(−t)·e^(t²/2) for t in 0..6: a polynomial in u = 1/(1 + 0.28t); error 6e-9 after e^(−t²/2). */
    private static FloatVector normalRatio(FloatVector t) {
        FloatVector one = broadcast(1f);
        FloatVector u = one.div(t.fma(broadcast(0.28f), one));
        FloatVector p = broadcast(-0.10302399f);
        p = p.fma(u, broadcast(0.37578544f));
        p = p.fma(u, broadcast(-0.20745657f));
        p = p.fma(u, broadcast(0.23607792f));
        p = p.fma(u, broadcast(8.789923e-2f));
        p = p.fma(u, broadcast(0.1098023f));
        return p.fma(u, broadcast(9.1566477e-4f));
    }

    /** 2·√(2/π)·(x + 0.044715·x³). */
    private static FloatVector geluTanhInner(FloatVector x) {
        return x.mul(x).fma(broadcast(GELU_CUBIC * GELU_SLOPE), broadcast(GELU_SLOPE)).mul(x);
    }
}
