package dev.panacea.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions on vectors of {@link VectorWidth#FLOATS}, built from add, multiply, fused multiply-add, divide,
 * compare, blend and bit casts alone. Each of these is exact IEEE arithmetic, so the interpreter, both compilers and
 * every vector width give the same bits; {@code VectorOperators.EXP} and its kin do not, and no kernel may use them.
 *
 * <p>Bounds are in ulp of the correctly rounded float, for every input unless said otherwise. NaN gives NaN, infinities
 * give the limit, results too small for a normal float come out denormal or zero. Every method is small enough to inline
 * into a hot loop.
 */
public final class VectorMath {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

    private static final float LOG2_E = 1.442695f;
    // ln 2 in two parts; the first has few bits, so n·LN2_HIGH is exact.
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.1219444e-4f;
    // 1.5·2^23: adding it rounds to an integer and leaves that integer in the low bits.
    private static final float MAGIC = 0x1.8p23f;
    private static final int MAGIC_BITS = 0x4B400000;
    private static final int ONE_BITS = 0x3F800000;
    private static final float EXP_OVERFLOW = 88.72284f;
    private static final float EXP_ZERO = -104f;
    private static final int SQRT_HALF_BITS = 0x3F3504F3;

    private static final float SQRT_2 = 1.4142135f;
    private static final float NORMAL_PEAK = 0.3989423f; // 1/√(2π)
    private static final float NORMAL_FAR = 15f;         // the normal tail beyond is below the smallest float
    private static final float GELU_SLOPE = 1.5957692f;  // 2·√(2/π)
    private static final float GELU_CUBIC = 0.044715f;

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

    /** Natural logarithm, within 1 ulp, denormal inputs too; −∞ at ±0, NaN below. */
    public static FloatVector log(FloatVector x) {
        FloatVector scaled = x.blend(x.mul(0x1p23f), x.compare(LT, Float.MIN_NORMAL));
        IntVector above = scaled.reinterpretAsInts().sub(SQRT_HALF_BITS);
        FloatVector f = above.and(0x7FFFFF).add(SQRT_HALF_BITS).reinterpretAsFloats().sub(1f);
        FloatVector n = above.lanewise(ASHR, 23).add(MAGIC_BITS).reinterpretAsFloats().sub(MAGIC);
        n = n.blend(n.sub(23f), x.compare(LT, Float.MIN_NORMAL));
        FloatVector square = f.mul(f);
        FloatVector y = square.mul(f).mul(logTail(f));
        y = n.fma(broadcast(LN2_LOW), y);
        y = f.add(square.fma(broadcast(-0.5f), y));
        y = n.fma(broadcast(LN2_HIGH), y);
        y = x.blend(y, x.compare(LT, Float.POSITIVE_INFINITY)); // NaN and infinity pass through
        return y.blend(Float.NaN, x.compare(LT, 0f))
                .blend(Float.NEGATIVE_INFINITY, x.abs().compare(LE, 0f));
    }

    /** log(1 + x) for x in 0..1, within 2 ulp; outside this range undefined. */
    public static FloatVector log1pUnit(FloatVector x) {
        FloatVector sum = x.add(1f);
        FloatVector lost = x.sub(sum.sub(1f)); // what rounding took from 1 + x
        return log(sum).add(lost.div(sum));
    }

    /** log(1 + e^x), within 3 ulp. */
    public static FloatVector softplus(FloatVector x) {
        FloatVector y = log1pUnit(exp(x.abs().neg()));
        return y.add(x.blend(0f, x.compare(LE, 0f)));
    }

    /** 1 / (1 + e^−x), within 3 ulp. */
    public static FloatVector sigmoid(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        return e.blend(1f, x.compare(GE, 0f)).div(e.add(1f));
    }

    /** s·(1 − s) with s = sigmoid(x), within 5 ulp. */
    public static FloatVector sigmoidGradient(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        FloatVector d = e.add(1f);
        return e.div(d).div(d);
    }

    /** Hyperbolic tangent, within 3 ulp; odd, −0 included. */
    public static FloatVector tanh(FloatVector x) {
        FloatVector t = x.abs().add(x.abs());
        FloatVector shifted = t.fma(broadcast(LOG2_E), broadcast(MAGIC));
        FloatVector n = shifted.sub(MAGIC);
        FloatVector power = powerOfTwo(shifted.reinterpretAsInts().sub(MAGIC_BITS));
        FloatVector q = expm1(remainder(t, n)).fma(power, power.sub(1f)); // e^2|x| − 1 without cancellation
        FloatVector y = q.div(q.add(2f)).blend(1f, t.compare(GT, 20f));
        return withSignOf(y, x);
    }

    /** Error function, within 2 ulp; odd, −0 included. */
    public static FloatVector erf(FloatVector x) {
        FloatVector t = x.abs();
        FloatVector z = t.mul(t);
        FloatVector p = broadcast(8.538837e-5f);
        p = p.fma(z, broadcast(-8.1819267e-4f));
        p = p.fma(z, broadcast(5.2044359e-3f));
        p = p.fma(z, broadcast(-2.6860753e-2f));
        p = p.fma(z, broadcast(0.1128372f));
        p = p.fma(z, broadcast(-0.37612635f));
        p = p.fma(z, broadcast(0.12837917f));
        FloatVector far = near(t.mul(SQRT_2));
        far = normalDensity(far).mul(normalRatio(far)).fma(broadcast(-2f), broadcast(1f));
        return withSignOf(p.fma(t, t).blend(far, t.compare(GT, 0.9f)), x);
    }

    /** x·Φ(x) with Φ the normal distribution (exact GELU); within 6 ulp for x ≥ −13, below that within 1e-38. */
    public static FloatVector gelu(FloatVector x) {
        FloatVector t = near(x.abs());
        FloatVector tail = normalDensity(t).mul(normalRatio(t)); // Φ(−|x|), no cancellation on either side
        FloatVector y = x.mul(broadcast(1f).sub(tail));
        return y.blend(tail.mul(t).neg(), x.compare(LT, 0f));
    }

    /** Φ(x) + x·φ(x), the derivative of {@link #gelu}; within 3e-7 (it crosses zero near x = −0.75). */
    public static FloatVector geluGradient(FloatVector x) {
        FloatVector t = near(x.abs());
        FloatVector density = normalDensity(t);
        FloatVector y = density.mul(normalRatio(t).sub(t.mul(NORMAL_PEAK))); // Φ(−t) − t·φ(t)
        return broadcast(1f).sub(y).blend(y, x.compare(LT, 0f));
    }

    /** ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), within 3e-7·max(1, |x|). */
    public static FloatVector geluTanh(FloatVector x) {
        FloatVector c = x.blend(-NORMAL_FAR, x.compare(LT, -NORMAL_FAR));
        FloatVector d = c.blend(NORMAL_FAR, c.compare(GT, NORMAL_FAR));
        return c.mul(sigmoid(geluTanhInner(d)));
    }

    /** Derivative of {@link #geluTanh}, within 1e-6. */
    public static FloatVector geluTanhGradient(FloatVector x) {
        FloatVector c = x.blend(-NORMAL_FAR, x.compare(LT, -NORMAL_FAR));
        c = c.blend(NORMAL_FAR, c.compare(GT, NORMAL_FAR));
        FloatVector inner = geluTanhInner(c);
        FloatVector e = exp(inner.abs().neg());
        FloatVector d = broadcast(1f).div(e.add(1f));
        FloatVector s = e.blend(1f, inner.compare(GE, 0f)).mul(d);
        FloatVector slope = c.mul(c).fma(broadcast(3 * GELU_CUBIC * GELU_SLOPE), broadcast(GELU_SLOPE));
        return e.mul(d).mul(d).mul(c).fma(slope, s); // s·(1 − s) = e·d·d
    }

    /** 1/√x, within 1.5 ulp; the correctly rounded quotient of the correctly rounded root. */
    public static FloatVector rsqrt(FloatVector x) {
        return broadcast(1f).div(x.sqrt());
    }

    /**
     * x^y lane by lane, correctly rounded but for rare half-way cases, with {@link StrictMath#pow}'s special cases.
     * Slow (tens of ns a lane): kernels test for the small exponents that need no logarithm first.
     */
    public static float pow(float x, float y) {
        return (float) StrictMath.pow(x, y);
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

    /** The smaller of t and {@link #NORMAL_FAR}; NaN stays. */
    private static FloatVector near(FloatVector t) {
        return t.blend(NORMAL_FAR, t.compare(GT, NORMAL_FAR));
    }

    /** e^(−t²/2) for t in 0..15, with what rounding takes from t² put back. */
    private static FloatVector normalDensity(FloatVector t) {
        FloatVector square = t.mul(t);
        FloatVector lost = t.fma(t, square.neg());
        FloatVector e = exp(square.mul(-0.5f));
        return e.fma(lost.mul(-0.5f), e);
    }

    /** Φ(−t)·e^(t²/2) for t in 0..15: a polynomial in u = 1/(1 + 0.3t), times u; error 2.4e-8. */
    private static FloatVector normalRatio(FloatVector t) {
        FloatVector u = broadcast(1f).div(t.fma(broadcast(0.3f), broadcast(1f)));
        FloatVector p = broadcast(-2.0628719e-2f);
        p = p.fma(u, broadcast(0.1124651f));
        p = p.fma(u, broadcast(-0.2282855f));
        p = p.fma(u, broadcast(0.19188423f));
        p = p.fma(u, broadcast(-7.950992e-2f));
        p = p.fma(u, broadcast(9.6205324e-2f));
        p = p.fma(u, broadcast(7.837209e-2f));
        p = p.fma(u, broadcast(0.11023937f));
        p = p.fma(u, broadcast(0.11957131f));
        p = p.fma(u, broadcast(0.11968672f));
        return p.mul(u);
    }

    /** 2·√(2/π)·(x + 0.044715·x³). */
    private static FloatVector geluTanhInner(FloatVector x) {
        return x.mul(x).fma(broadcast(GELU_CUBIC * GELU_SLOPE), broadcast(GELU_SLOPE)).mul(x);
    }

    /** y ≥ 0 with the sign bit of x. */
    private static FloatVector withSignOf(FloatVector y, FloatVector x) {
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        return y.reinterpretAsInts().or(sign).reinterpretAsFloats();
    }
}
