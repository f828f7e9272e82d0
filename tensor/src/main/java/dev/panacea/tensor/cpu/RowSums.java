package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.all;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

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
        FloatVector a = all(0);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= count - 4 * COUNT; i += 4 * COUNT) {
            long at = x + 4L * i;
            a = a.add(load(at));
            b = b.add(load(at + 4L * COUNT));
            c = c.add(load(at + 8L * COUNT));
            d = d.add(load(at + 12L * COUNT));
        }
        for (; i <= count - COUNT; i += COUNT) {
            a = a.add(load(x + 4L * i));
        }
        if (i < count) {
            b = b.add(load(x + 4L * i, first(count - i)));
        }
        return VectorMath.sum(a.add(b).add(c.add(d)));
    }

    private static float squaresBlock(long x, float mean, int count) {
        FloatVector m = all(mean);
        FloatVector a = all(0);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= count - 4 * COUNT; i += 4 * COUNT) {
            long at = x + 4L * i;
            FloatVector x0 = load(at).sub(m);
            FloatVector x1 = load(at + 4L * COUNT).sub(m);
            FloatVector x2 = load(at + 8L * COUNT).sub(m);
            FloatVector x3 = load(at + 12L * COUNT).sub(m);
            a = x0.fma(x0, a);
            b = x1.fma(x1, b);
            c = x2.fma(x2, c);
            d = x3.fma(x3, d);
        }
        for (; i <= count - COUNT; i += COUNT) {
            FloatVector x0 = load(x + 4L * i).sub(m);
            a = x0.fma(x0, a);
        }
        if (i < count) {
            VectorMask<Float> mask = first(count - i);
            FloatVector x0 = load(x + 4L * i, mask).sub(m);
            b = b.blend(x0.fma(x0, b), mask);
        }
        return VectorMath.sum(a.add(b).add(c.add(d)));
    }

    private static float dotBlock(long p, long q, float mean, int count) {
        FloatVector m = all(mean);
        FloatVector a = all(0);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= count - 4 * COUNT; i += 4 * COUNT) {
            long at = p + 4L * i;
            long to = q + 4L * i;
            a = load(at).fma(load(to).sub(m), a);
            b = load(at + 4L * COUNT).fma(load(to + 4L * COUNT).sub(m), b);
            c = load(at + 8L * COUNT).fma(load(to + 8L * COUNT).sub(m), c);
            d = load(at + 12L * COUNT).fma(load(to + 12L * COUNT).sub(m), d);
        }
        for (; i <= count - COUNT; i += COUNT) {
            a = load(p + 4L * i).fma(load(q + 4L * i).sub(m), a);
        }
        if (i < count) {
            VectorMask<Float> mask = first(count - i);
            b = load(p + 4L * i, mask).fma(load(q + 4L * i, mask).sub(m), b); // 0 · -mean in lanes off the row
        }
        return VectorMath.sum(a.add(b).add(c.add(d)));
    }

    static float maxBlock(long x, float sign, int count) {
        FloatVector a = all(Float.NEGATIVE_INFINITY);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= count - 4 * COUNT; i += 4 * COUNT) {
            long at = x + 4L * i;
            a = a.max(load(at).mul(sign));
            b = b.max(load(at + 4L * COUNT).mul(sign));
            c = c.max(load(at + 8L * COUNT).mul(sign));
            d = d.max(load(at + 12L * COUNT).mul(sign));
        }
        for (; i <= count - COUNT; i += COUNT) {
            a = a.max(load(x + 4L * i).mul(sign));
        }
        if (i < count) {
            VectorMask<Float> mask = first(count - i);
            b = b.blend(b.max(load(x + 4L * i, mask).mul(sign)), mask);
        }
        return a.max(b).max(c.max(d)).reduceLanes(jdk.incubator.vector.VectorOperators.MAX);
    }
}
