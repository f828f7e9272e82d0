package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Sums over contiguous floats, in an order that depends on their number alone: blocks of {@link #BLOCK} floats are
 * summed in four vectors of F32, and the blocks' sums in F64. A long sum is thus as exact as a short one.
 */
final class RowSums {
    /** Floats in a block. */
    static final int BLOCK = 4096;

    private RowSums() {}

    /** Σ x. */
    static double sum(long x, long count) {
        double total = 0;
        for (long i = 0; i < count; i += BLOCK) {
            total += sumBlock(x + 4 * i, (int) Math.min(BLOCK, count - i));
        }
        return total;
    }

    /** Σ (x - mean)². */
    static double squares(long x, float mean, long count) {
        double total = 0;
        for (long i = 0; i < count; i += BLOCK) {
            total += squaresBlock(x + 4 * i, mean, (int) Math.min(BLOCK, count - i));
        }
        return total;
    }

    /** Σ a·(b - mean). */
    static double dot(long a, long b, float mean, long count) {
        double total = 0;
        for (long i = 0; i < count; i += BLOCK) {
            total += dotBlock(a + 4 * i, b + 4 * i, mean, (int) Math.min(BLOCK, count - i));
        }
        return total;
    }

    /** Largest of sign·x, NaN if any is; -∞ of none. */
    static float max(long x, float sign, long count) {
        float max = Float.NEGATIVE_INFINITY;
        for (long i = 0; i < count; i += BLOCK) {
            max = Math.max(max, maxBlock(x + 4 * i, sign, (int) Math.min(BLOCK, count - i)));
        }
        return max;
    }

    static float sumBlock(long x, int count) {
        FloatVector a = broadcast(FLOATS, 0);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= count - 4 * LANES; i += 4 * LANES) {
            long at = x + 4L * i;
            a = a.add(fromMemorySegment(FLOATS, ALL, at, ORDER));
            b = b.add(fromMemorySegment(FLOATS, ALL, at + 4L * LANES, ORDER));
            c = c.add(fromMemorySegment(FLOATS, ALL, at + 8L * LANES, ORDER));
            d = d.add(fromMemorySegment(FLOATS, ALL, at + 12L * LANES, ORDER));
        }
        for (; i <= count - LANES; i += LANES) {
            a = a.add(fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER));
        }
        if (i < count) {
            b = b.add(fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER, FLOATS.indexInRange(0, count - i)));
        }
        return VectorMath.sum(a.add(b).add(c.add(d)));
    }

    private static float squaresBlock(long x, float mean, int count) {
        FloatVector m = broadcast(FLOATS, mean);
        FloatVector a = broadcast(FLOATS, 0);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= count - 4 * LANES; i += 4 * LANES) {
            long at = x + 4L * i;
            FloatVector x0 = fromMemorySegment(FLOATS, ALL, at, ORDER).sub(m);
            FloatVector x1 = fromMemorySegment(FLOATS, ALL, at + 4L * LANES, ORDER).sub(m);
            FloatVector x2 = fromMemorySegment(FLOATS, ALL, at + 8L * LANES, ORDER).sub(m);
            FloatVector x3 = fromMemorySegment(FLOATS, ALL, at + 12L * LANES, ORDER).sub(m);
            a = x0.fma(x0, a);
            b = x1.fma(x1, b);
            c = x2.fma(x2, c);
            d = x3.fma(x3, d);
        }
        for (; i <= count - LANES; i += LANES) {
            FloatVector x0 = fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(m);
            a = x0.fma(x0, a);
        }
        if (i < count) {
            VectorMask<Float> mask = FLOATS.indexInRange(0, count - i);
            FloatVector x0 = fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER, mask).sub(m);
            b = b.blend(x0.fma(x0, b), mask);
        }
        return VectorMath.sum(a.add(b).add(c.add(d)));
    }

    private static float dotBlock(long p, long q, float mean, int count) {
        FloatVector m = broadcast(FLOATS, mean);
        FloatVector a = broadcast(FLOATS, 0);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= count - 4 * LANES; i += 4 * LANES) {
            long at = p + 4L * i;
            long to = q + 4L * i;
            a = fromMemorySegment(FLOATS, ALL, at, ORDER).fma(fromMemorySegment(FLOATS, ALL, to, ORDER).sub(m), a);
            b = fromMemorySegment(FLOATS, ALL, at + 4L * LANES, ORDER)
                    .fma(fromMemorySegment(FLOATS, ALL, to + 4L * LANES, ORDER).sub(m), b);
            c = fromMemorySegment(FLOATS, ALL, at + 8L * LANES, ORDER)
                    .fma(fromMemorySegment(FLOATS, ALL, to + 8L * LANES, ORDER).sub(m), c);
            d = fromMemorySegment(FLOATS, ALL, at + 12L * LANES, ORDER)
                    .fma(fromMemorySegment(FLOATS, ALL, to + 12L * LANES, ORDER).sub(m), d);
        }
        for (; i <= count - LANES; i += LANES) {
            a = fromMemorySegment(FLOATS, ALL, p + 4L * i, ORDER)
                    .fma(fromMemorySegment(FLOATS, ALL, q + 4L * i, ORDER).sub(m), a);
        }
        if (i < count) {
            VectorMask<Float> mask = FLOATS.indexInRange(0, count - i);
            b = fromMemorySegment(FLOATS, ALL, p + 4L * i, ORDER, mask)
                    .fma(fromMemorySegment(FLOATS, ALL, q + 4L * i, ORDER, mask).sub(m), b);
        }
        return VectorMath.sum(a.add(b).add(c.add(d)));
    }

    static float maxBlock(long x, float sign, int count) {
        FloatVector a = broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= count - 4 * LANES; i += 4 * LANES) {
            long at = x + 4L * i;
            a = a.max(fromMemorySegment(FLOATS, ALL, at, ORDER).mul(sign));
            b = b.max(fromMemorySegment(FLOATS, ALL, at + 4L * LANES, ORDER).mul(sign));
            c = c.max(fromMemorySegment(FLOATS, ALL, at + 8L * LANES, ORDER).mul(sign));
            d = d.max(fromMemorySegment(FLOATS, ALL, at + 12L * LANES, ORDER).mul(sign));
        }
        for (; i <= count - LANES; i += LANES) {
            a = a.max(fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).mul(sign));
        }
        if (i < count) {
            VectorMask<Float> mask = FLOATS.indexInRange(0, count - i);
            b = b.blend(b.max(fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER, mask).mul(sign)), mask);
        }
        return a.max(b).max(c.max(d)).reduceLanes(VectorOperators.MAX);
    }
}
