package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Largest elements, or with sign -1 smallest: the minimum is -max(-x), exactly. */
final class PeakFold extends Fold {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

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
        int row = 0;
        for (; row <= rows - 2; row += 2) {
            two(at + row * stride, stride, sign, totals, width);
        }
        if (row < rows) {
            two(at + row * stride, 0, sign, totals, width);
        }
    }

    private static void two(long at, long stride, float sign, float[] totals, int width) {
        int i = 0;
        for (; i <= width - COUNT; i += COUNT) {
            long p = at + 4L * i;
            FloatVector max = load(p).mul(sign).max(load(p + stride).mul(sign));
            FloatVector.fromArray(S, totals, i).max(max).intoArray(totals, i);
        }
        if (i < width) {
            VectorMask<Float> mask = first(width - i);
            long p = at + 4L * i;
            FloatVector max = load(p, mask).mul(sign).max(load(p + stride, mask).mul(sign));
            FloatVector.fromArray(S, totals, i).max(max).intoArray(totals, i);
        }
    }

    @Override
    float start() {
        return Float.NEGATIVE_INFINITY;
    }

    @Override
    float join(float[] partials, int from, int step, int count) {
        float max = start();
        for (int i = 0; i < count; i++) {
            max = Math.max(max, partials[from + i * step]);
        }
        return max;
    }

    @Override
    float sign() {
        return sign;
    }
}
