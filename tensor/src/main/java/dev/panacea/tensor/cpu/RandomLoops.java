package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.NormalDistribution;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Loops that turn random bits into numbers, in place, over whole vectors. */
final class RandomLoops {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = S.withLanes(int.class);
    private static final int LANES = S.length();
    private static final float[] MIDDLE = NormalDistribution.middle();
    private static final float[] TAIL = NormalDistribution.tail();

    private static final ElementwiseTask LOGARITHM = LoopCopy.unary((x, p, q) -> logarithm(x));
    private static final ElementwiseTask MIDDLE_PART = LoopCopy.unary((x, p, q) -> middle(x));
    private static final ElementwiseTask MAGNITUDE = LoopCopy.binary((a, b, p, q) -> magnitude(a, b));

    private RandomLoops() {}

    /** low + scale · (bits ≫ 8). */
    static void uniform(long buffer, int count, float low, float scale) {
        for (int i = 0; i < count; i += LANES) {
            IntVector bits = IntVector.fromMemorySegment(I, Memory.ALL, buffer + 4L * i, Memory.ORDER);
            FloatVector u = (FloatVector) bits.lanewise(VectorOperators.LSHR, 8).convert(VectorOperators.I2F, 0);
            u.fma(FloatVector.broadcast(S, scale), FloatVector.broadcast(S, low))
                    .intoMemorySegment(Memory.ALL, buffer + 4L * i, Memory.ORDER);
        }
    }

    /** Bits to a probability in 0..½ with the value's sign: 31 bits are the probability, the last is the sign. */
    static void tails(long buffer, int count) {
        for (int i = 0; i < count; i += LANES) {
            IntVector bits = IntVector.fromMemorySegment(I, Memory.ALL, buffer + 4L * i, Memory.ORDER);
            FloatVector u = (FloatVector) bits.lanewise(VectorOperators.LSHR, 1).convert(VectorOperators.I2F, 0);
            IntVector p = u.fma(FloatVector.broadcast(S, 0x1p-32f), FloatVector.broadcast(S, 0x1p-33f))
                    .reinterpretAsInts();
            p.or(bits.lanewise(VectorOperators.LSHL, 31))
                    .intoMemorySegment(Memory.ALL, buffer + 4L * i, Memory.ORDER);
        }
    }

    /**
     * Signed probabilities to mean + deviation · z; {@code spare} has room for twice as many. Several passes, because
     * one loop with all of it would be too much for the compiler (see {@link VectorMath}).
     */
    static void quantiles(long buffer, long spare, int count, float mean, float deviation) {
        long middle = spare + 4L * count;
        LOGARITHM.over(buffer, 0, spare, count);
        MIDDLE_PART.over(spare, 0, middle, count);
        MAGNITUDE.over(spare, middle, middle, count);
        for (int i = 0; i < count; i += LANES) {
            FloatVector signed = FloatVector.fromMemorySegment(S, Memory.ALL, buffer + 4L * i, Memory.ORDER);
            FloatVector z = FloatVector.fromMemorySegment(S, Memory.ALL, middle + 4L * i, Memory.ORDER)
                    .mul(signed.abs().fma(FloatVector.broadcast(S, -2f), FloatVector.broadcast(S, 1f)));
            z.blend(z.neg(), signed.compare(VectorOperators.LT, 0f))
                    .fma(FloatVector.broadcast(S, deviation), FloatVector.broadcast(S, mean))
                    .intoMemorySegment(Memory.ALL, buffer + 4L * i, Memory.ORDER);
        }
    }

    /** log(4p(1 − p)) of a signed p. */
    private static FloatVector logarithm(FloatVector signed) {
        FloatVector p = signed.abs();
        return VectorMath.log(p.mul(FloatVector.broadcast(S, 1f).sub(p)).mul(4f));
    }

    private static FloatVector magnitude(FloatVector log, FloatVector middle) {
        FloatVector w = log.neg();
        return middle.blend(tail(w.max(0f).sqrt()), w.compare(VectorOperators.GE, 5f));
    }

    private static FloatVector middle(FloatVector log) {
        FloatVector w = log.neg();
        FloatVector y = FloatVector.broadcast(S, MIDDLE[7]);
        y = y.fma(w, FloatVector.broadcast(S, MIDDLE[6]));
        y = y.fma(w, FloatVector.broadcast(S, MIDDLE[5]));
        y = y.fma(w, FloatVector.broadcast(S, MIDDLE[4]));
        y = y.fma(w, FloatVector.broadcast(S, MIDDLE[3]));
        y = y.fma(w, FloatVector.broadcast(S, MIDDLE[2]));
        y = y.fma(w, FloatVector.broadcast(S, MIDDLE[1]));
        return y.fma(w, FloatVector.broadcast(S, MIDDLE[0]));
    }

    private static FloatVector tail(FloatVector root) {
        FloatVector y = FloatVector.broadcast(S, TAIL[6]);
        y = y.fma(root, FloatVector.broadcast(S, TAIL[5]));
        y = y.fma(root, FloatVector.broadcast(S, TAIL[4]));
        y = y.fma(root, FloatVector.broadcast(S, TAIL[3]));
        y = y.fma(root, FloatVector.broadcast(S, TAIL[2]));
        y = y.fma(root, FloatVector.broadcast(S, TAIL[1]));
        return y.fma(root, FloatVector.broadcast(S, TAIL[0]));
    }

    static void clamp(long buffer, int count, float low, float high) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector.fromMemorySegment(S, Memory.ALL, buffer + 4L * i, Memory.ORDER).max(low).min(high)
                    .intoMemorySegment(Memory.ALL, buffer + 4L * i, Memory.ORDER);
        }
    }

    /** x · scale where the upper 24 bits are at least {@code least}, else x · 0. */
    static void dropout(long buffer, long x, int count, int least, float scale) {
        int scaleBits = Float.floatToRawIntBits(scale);
        for (int i = 0; i < count; i += LANES) {
            IntVector bits = IntVector.fromMemorySegment(I, Memory.ALL, buffer + 4L * i, Memory.ORDER)
                    .lanewise(VectorOperators.LSHR, 8);
            FloatVector factor = IntVector.broadcast(I, scaleBits)
                    .blend(0, bits.compare(VectorOperators.LT, least)).reinterpretAsFloats();
            FloatVector.fromMemorySegment(S, Memory.ALL, x + 4L * i, Memory.ORDER).mul(factor)
                    .intoMemorySegment(Memory.ALL, buffer + 4L * i, Memory.ORDER);
        }
    }
}
