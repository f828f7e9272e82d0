package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.L2Normalize;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Lines scaled to length 1: a sum of squares, then one pass. */
final class L2NormalizeKernel implements Kernel<L2Normalize> {
    private static final ThreadLocal<Lines> TASK = ThreadLocal.withInitial(Lines::new);

    @Override
    public void run(L2Normalize op, Tensor[] inputs, Tensor[] outputs) {
        Lines task = TASK.get();
        task.x = inputs[0].address();
        task.y = outputs[0].address();
        task.norms = outputs[1].address();
        task.epsilon = (float) op.epsilon();
        task.run(inputs[0].shape(), op.axis(), 2);
    }

    private static final class Lines extends LineTask {
        private long x;
        private long y;
        private long norms;
        private float epsilon;

        @Override
        void lines(long offset, long line, int count, Scratch scratch) {
            for (int r = 0; r < count; r++) {
                double squares = RowSums.squares(x + offset + 4L * r * n, 0, n);
                Memory.f32(norms + 4 * (line + r), Math.max((float) Math.sqrt(squares), epsilon));
            }
            divide(x + offset, y + offset, norms + 4 * line, n, count);
        }

        private static void divide(long x, long y, long norms, int n, int count) {
            for (int r = 0; r < count; r++) {
                FloatVector norm = broadcast(FLOATS, Memory.f32(norms + 4L * r));
                long at = 4L * r * n;
                int i = 0;
                for (; i <= n - LANES; i += LANES, at += 4 * LANES) {
                    fromMemorySegment(FLOATS, ALL, x + at, ORDER).div(norm).intoMemorySegment(ALL, y + at, ORDER);
                }
                if (i < n) {
                    VectorMask<Float> mask = FLOATS.indexInRange(0, n - i);
                    fromMemorySegment(FLOATS, ALL, x + at, ORDER, mask).div(norm)
                            .intoMemorySegment(ALL, y + at, ORDER, mask);
                }
            }
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = FLOATS.indexInRange(0, lanes);
            FloatVector squares = broadcast(FLOATS, 0);
            for (int i = 0; i < n; i++) {
                FloatVector v = fromMemorySegment(FLOATS, ALL, x + offset + i * stride, ORDER, mask);
                squares = v.fma(v, squares);
            }
            FloatVector norm = squares.sqrt().max(epsilon);
            norm.intoMemorySegment(ALL, norms + 4 * line, ORDER, mask);
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                fromMemorySegment(FLOATS, ALL, x + at, ORDER, mask).div(norm)
                        .intoMemorySegment(ALL, y + at, ORDER, mask);
            }
        }
    }
}
