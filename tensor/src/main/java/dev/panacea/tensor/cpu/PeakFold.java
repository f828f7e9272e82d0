package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Largest elements, or with sign -1 smallest: the minimum is -max(-x), exactly. */
final class PeakFold extends Fold {

    private final float sign;

    PeakFold(float sign) {
        this.sign = sign;
    }

    @Override
    float row(long at, int count) {
        return RowSums.maxBlock(at, sign, count);
    }

    @Override
    void columns(long at, long stride, int rows, float[] totals, int width, Scratch scratch) {
        two(at, stride, rows / 2, sign, totals, width);
        if (rows % 2 == 1) {
            two(at + (rows - 1) * stride, 0, 1, sign, totals, width);
        }
    }

    private static void two(long at, long stride, int pairs, float sign, float[] totals, int width) {
        for (int pair = 0; pair < pairs; pair++) {
            long p = at + 2 * pair * stride;
            int i = 0;
            for (; i <= width - LANES; i += LANES, p += 4 * LANES) {
                FloatVector max = fromMemorySegment(FLOATS, ALL, p, ORDER).mul(sign)
                        .max(fromMemorySegment(FLOATS, ALL, p + stride, ORDER).mul(sign));
                FloatVector.fromArray(FLOATS, totals, i).max(max).intoArray(totals, i);
            }
            if (i < width) {
                VectorMask<Float> mask = FLOATS.indexInRange(0, width - i);
                FloatVector max = fromMemorySegment(FLOATS, ALL, p, ORDER, mask).mul(sign)
                        .max(fromMemorySegment(FLOATS, ALL, p + stride, ORDER, mask).mul(sign));
                FloatVector.fromArray(FLOATS, totals, i).max(max).intoArray(totals, i);
            }
        }
    }

    @Override
    float start() {
        return Float.NEGATIVE_INFINITY;
    }

    @Override
    float join(float[] partials, int from, int count) {
        float max = start();
        for (int i = 0; i < count; i++) {
            max = Math.max(max, partials[from + i]);
        }
        return max;
    }

    @Override
    void join(float[] partials, int from, int width, int count) {
        for (int part = 1; part < count; part++) {
            for (int i = 0; i < width; i++) {
                partials[from + i] = Math.max(partials[from + i], partials[from + part * width + i]);
            }
        }
    }

    @Override
    float sign() {
        return sign;
    }
}
