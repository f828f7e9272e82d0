package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Sums. Columns are summed four rows at a time, and runs of rows apart from the total, so that few roundings add up. */
final class SumFold extends Fold {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int SLOT = 1;

    @Override
    float row(long at, int count) {
        return RowSums.sumBlock(at, count);
    }

    @Override
    void columns(long at, long stride, int rows, float[] totals, int width, Scratch scratch) {
        float[] sums = scratch.floats(SLOT, totals.length);
        Arrays.fill(sums, 0, width, 0);
        int row = 0;
        for (; row <= rows - 4; row += 4) {
            four(at + row * stride, stride, sums, width);
        }
        for (; row < rows; row++) {
            one(at + row * stride, sums, width);
        }
        for (int i = 0; i < width; i++) {
            totals[i] += sums[i];
        }
    }

    private static void four(long at, long stride, float[] sums, int width) {
        int i = 0;
        for (; i <= width - COUNT; i += COUNT) {
            long p = at + 4L * i;
            long q = p + 2 * stride;
            FloatVector sum = load(p).add(load(p + stride)).add(load(q).add(load(q + stride)));
            FloatVector.fromArray(S, sums, i).add(sum).intoArray(sums, i);
        }
        if (i < width) {
            VectorMask<Float> mask = first(width - i);
            long p = at + 4L * i;
            long q = p + 2 * stride;
            FloatVector sum = load(p, mask).add(load(p + stride, mask))
                    .add(load(q, mask).add(load(q + stride, mask)));
            FloatVector.fromArray(S, sums, i).add(sum).intoArray(sums, i);
        }
    }

    private static void one(long at, float[] sums, int width) {
        int i = 0;
        for (; i <= width - COUNT; i += COUNT) {
            FloatVector.fromArray(S, sums, i).add(load(at + 4L * i)).intoArray(sums, i);
        }
        if (i < width) {
            FloatVector.fromArray(S, sums, i).add(load(at + 4L * i, first(width - i))).intoArray(sums, i);
        }
    }

    @Override
    float start() {
        return 0;
    }

    @Override
    float join(float[] partials, int from, int step, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += partials[from + i * step];
        }
        return (float) sum;
    }

    @Override
    float sign() {
        return 1;
    }
}
