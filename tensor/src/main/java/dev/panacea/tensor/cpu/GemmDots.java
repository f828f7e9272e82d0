package dev.panacea.tensor.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of long rows with a single column, or a few: four dot products at a time along K, which reads the matrix
 * once as it lies. Panels of a tile would be nearly empty.
 */
final class GemmDots {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final long STEP = (long) LANES * Float.BYTES;

    private GemmDots() {}

    /** Dot products of four rows, {@code step} bytes apart, with one; both lie dense. The sums go to {@code sums}. */
    static void four(long row, long step, long other, int depth, float[] sums) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        long a1 = row + step;
        long a2 = a1 + step;
        long a3 = a2 + step;
        long at = 0;
        long whole = depth / LANES * STEP;
        for (; at < whole; at += STEP) {
            FloatVector x = fromMemorySegment(S, Memory.ALL, other + at, Memory.ORDER);
            s0 = fromMemorySegment(S, Memory.ALL, row + at, Memory.ORDER).fma(x, s0);
            s1 = fromMemorySegment(S, Memory.ALL, a1 + at, Memory.ORDER).fma(x, s1);
            s2 = fromMemorySegment(S, Memory.ALL, a2 + at, Memory.ORDER).fma(x, s2);
            s3 = fromMemorySegment(S, Memory.ALL, a3 + at, Memory.ORDER).fma(x, s3);
        }
        if (depth % LANES != 0) {
            VectorMask<Float> rest = S.indexInRange(0, depth % LANES);
            FloatVector x = fromMemorySegment(S, Memory.ALL, other + at, Memory.ORDER, rest);
            s0 = fromMemorySegment(S, Memory.ALL, row + at, Memory.ORDER, rest).fma(x, s0);
            s1 = fromMemorySegment(S, Memory.ALL, a1 + at, Memory.ORDER, rest).fma(x, s1);
            s2 = fromMemorySegment(S, Memory.ALL, a2 + at, Memory.ORDER, rest).fma(x, s2);
            s3 = fromMemorySegment(S, Memory.ALL, a3 + at, Memory.ORDER, rest).fma(x, s3);
        }
        sums[0] = VectorMath.sum(s0);
        sums[1] = VectorMath.sum(s1);
        sums[2] = VectorMath.sum(s2);
        sums[3] = VectorMath.sum(s3);
    }
}
