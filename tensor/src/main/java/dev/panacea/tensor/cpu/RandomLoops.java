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

    /** Signed probabilities to mean + deviation · z; {@code spare} is a second buffer. */
    static void quantiles(long buffer, long spare, int count, float mean, float deviation) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector p = FloatVector.fromMemorySegment(S, Memory.ALL, buffer + 4L * i, Memory.ORDER).abs();
            FloatVector q = FloatVector.broadcast(S, 1f).sub(p);
            p.mul(q).mul(4f).intoMemorySegment(Memory.ALL, spare + 4L * i, Memory.ORDER);
        }
        for (int i = 0; i < count; i += LANES) {
            VectorMath.log(FloatVector.fromMemorySegment(S, Memory.ALL, spare + 4L * i, Memory.ORDER))
                    .intoMemorySegment(Memory.ALL, spare + 4L * i, Memory.ORDER);
        }
        for (int i = 0; i < count; i += LANES) {
            FloatVector signed = FloatVector.fromMemorySegment(S, Memory.ALL, buffer + 4L * i, Memory.ORDER);
            FloatVector w = FloatVector.fromMemorySegment(S, Memory.ALL, spare + 4L * i, Memory.ORDER).neg();
            FloatVector root = w.blend(0f, w.compare(VectorOperators.LT, 0f)).sqrt();
            FloatVector middle = FloatVector.broadcast(S, MIDDLE[7]);
            for (int k = 6; k >= 0; k--) {
                middle = middle.fma(w, FloatVector.broadcast(S, MIDDLE[k]));
            }
            FloatVector tail = FloatVector.broadcast(S, TAIL[6]);
            for (int k = 5; k >= 0; k--) {
                tail = tail.fma(root, FloatVector.broadcast(S, TAIL[k]));
            }
            FloatVector z = middle.blend(tail, w.compare(VectorOperators.GE, 5f))
                    .mul(signed.abs().fma(FloatVector.broadcast(S, -2f), FloatVector.broadcast(S, 1f)));
            z.blend(z.neg(), signed.compare(VectorOperators.LT, 0f))
                    .fma(FloatVector.broadcast(S, deviation), FloatVector.broadcast(S, mean))
                    .intoMemorySegment(Memory.ALL, buffer + 4L * i, Memory.ORDER);
        }
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
