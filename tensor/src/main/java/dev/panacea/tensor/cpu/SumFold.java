package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Sums. Columns are summed four rows at a time, and runs of rows apart from the total: few roundings add up. */
final class SumFold extends Fold {
    private static final int SLOT = 1;

    @Override
    float row(long at, int count) {
        return RowSums.sumBlock(at, count);
    }

    @Override
    void columns(long at, long stride, int rows, float[] totals, int width, Scratch scratch) {
        float[] sums = scratch.floats(SLOT, totals.length);
        Arrays.fill(sums, 0, width, 0);
        four(at, stride, rows, sums, width);
        for (int row = rows & ~3; row < rows; row++) {
            one(at + row * stride, sums, width);
        }
        for (int i = 0; i < width; i++) {
            totals[i] += sums[i];
        }
    }

    private static void four(long at, long stride, int rows, float[] sums, int width) {
        for (int row = 0; row <= rows - 4; row += 4) {
            long p = at + row * stride;
            int i = 0;
            for (; i <= width - LANES; i += LANES, p += 4 * LANES) {
                FloatVector sum = fromMemorySegment(FLOATS, ALL, p, ORDER)
                        .add(fromMemorySegment(FLOATS, ALL, p + stride, ORDER))
                        .add(fromMemorySegment(FLOATS, ALL, p + 2 * stride, ORDER)
                        .add(fromMemorySegment(FLOATS, ALL, p + 3 * stride, ORDER)));
                FloatVector.fromArray(FLOATS, sums, i).add(sum).intoArray(sums, i);
            }
            if (i < width) {
                VectorMask<Float> mask = FLOATS.indexInRange(0, width - i);
                FloatVector sum = fromMemorySegment(FLOATS, ALL, p, ORDER, mask)
                        .add(fromMemorySegment(FLOATS, ALL, p + stride, ORDER, mask))
                        .add(fromMemorySegment(FLOATS, ALL, p + 2 * stride, ORDER, mask)
                                .add(fromMemorySegment(FLOATS, ALL, p + 3 * stride, ORDER, mask)));
                FloatVector.fromArray(FLOATS, sums, i).add(sum).intoArray(sums, i);
            }
        }
    }

    private static void one(long at, float[] sums, int width) {
        int i = 0;
        for (; i <= width - LANES; i += LANES) {
            FloatVector.fromArray(FLOATS, sums, i).add(fromMemorySegment(FLOATS, ALL, at + 4L * i, ORDER))
                    .intoArray(sums, i);
        }
        if (i < width) {
            FloatVector.fromArray(FLOATS, sums, i)
                    .add(fromMemorySegment(FLOATS, ALL, at + 4L * i, ORDER, FLOATS.indexInRange(0, width - i)))
                    .intoArray(sums, i);
        }
    }

    @Override
    float start() {
        return 0;
    }

    @Override
    float join(float[] partials, int from, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += partials[from + i];
        }
        return (float) sum;
    }

    @Override
    void join(float[] partials, int from, int width, int count) {
        for (int part = 1; part < count; part++) {
            for (int i = 0; i < width; i++) {
                partials[from + i] += partials[from + part * width + i];
            }
        }
    }

    @Override
    float sign() {
        return 1;
    }
}
