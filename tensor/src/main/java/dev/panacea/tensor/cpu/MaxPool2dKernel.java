package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.MaxPool2d;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Max pooling: the largest of each column of a window, vectorised over columns, then the largest of those. */
final class MaxPool2dKernel implements Kernel<MaxPool2d> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final int COLUMNS = 0; // scratch memory: the largest of each column, then the rows they are in
    private static final ThreadLocal<Planes> TASK = ThreadLocal.withInitial(Planes::new);

    @Override
    public void run(MaxPool2d op, Tensor[] inputs, Tensor[] outputs) {
        Planes task = TASK.get();
        task.kernel = op.kernel();
        task.stride = op.stride();
        task.padding = op.padding();
        task.height = inputs[0].dim(2);
        task.width = inputs[0].dim(3);
        task.rows = outputs[0].dim(2);
        task.columns = outputs[0].dim(3);
        task.x = inputs[0].address();
        task.y = outputs[0].address();
        task.positions = outputs[1].address();
        ParallelRows.run(task, inputs[0].dim(0) * inputs[0].dim(1),
                ParallelRows.grain((long) task.height * task.width, 1 << 14));
    }

    private static final class Planes extends RowTask {
        private int kernel;
        private int stride;
        private int padding;
        private int height;
        private int width;
        private int rows;
        private int columns;
        private long x;
        private long y;
        private long positions;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            long best = scratch.memory(COLUMNS, 8L * (width + LANES));
            long bestRow = best + 4L * (width + LANES);
            for (int plane = from; plane < to; plane++) {
                long source = x + 4L * plane * height * width;
                for (int i = 0; i < rows; i++) {
                    int top = i * stride - padding;
                    int first = Math.max(0, top);
                    int last = Math.min(height, top + kernel);
                    long line = 4L * ((long) plane * rows + i) * columns;
                    across(source, first, last, width, best, bestRow);
                    along(best, bestRow, y + line, positions + line);
                }
            }
        }

        /** Strictly larger wins, so the first row keeps a tie; a NaN wins over numbers and is never replaced. */
        private static void across(long x, int first, int last, int width, long best, long bestRow) {
            for (int j = 0; j < width; j += LANES) {
                VectorMask<Float> mask = S.indexInRange(j, width);
                FloatVector value = FloatVector.fromMemorySegment(S, Memory.ALL, x + 4L * ((long) first * width + j),
                        Memory.ORDER, mask);
                FloatVector row = FloatVector.broadcast(S, first);
                for (int i = first + 1; i < last; i++) {
                    FloatVector next = FloatVector.fromMemorySegment(S, Memory.ALL, x + 4L * ((long) i * width + j),
                            Memory.ORDER, mask);
                    VectorMask<Float> wins = next.compare(VectorOperators.GT, value)
                            .or(next.test(VectorOperators.IS_NAN).andNot(value.test(VectorOperators.IS_NAN)));
                    value = value.blend(next, wins);
                    row = row.blend(i, wins);
                }
                value.intoMemorySegment(Memory.ALL, best + 4L * j, Memory.ORDER);
                row.intoMemorySegment(Memory.ALL, bestRow + 4L * j, Memory.ORDER);
            }
        }

        private void along(long best, long bestRow, long target, long places) {
            for (int j = 0; j < columns; j++) {
                int left = j * stride - padding;
                int end = Math.min(width, left + kernel);
                int at = Math.max(0, left);
                float value = Memory.f32(best + 4L * at);
                float row = Memory.f32(bestRow + 4L * at);
                for (int column = at + 1; column < end; column++) {
                    float next = Memory.f32(best + 4L * column);
                    float nextRow = Memory.f32(bestRow + 4L * column);
                    boolean same = next == value || next != next && value != value;
                    if (next > value || next != next && value == value || same && nextRow < row) {
                        value = next;
                        row = nextRow;
                        at = column;
                    }
                }
                Memory.f32(target + 4L * j, value);
                Memory.i32(places + 4L * j, (int) row * width + at);
            }
        }
    }
}
