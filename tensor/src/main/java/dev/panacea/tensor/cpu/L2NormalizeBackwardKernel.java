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
import dev.panacea.tensor.op.L2NormalizeBackward;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Gradient of lines scaled to length 1: a dot product along each line, then one pass. */
final class L2NormalizeBackwardKernel implements Kernel<L2NormalizeBackward> {
    private static final int SLOT = 2;
    private static final ThreadLocal<Lines> TASK = ThreadLocal.withInitial(Lines::new);

    @Override
    public void run(L2NormalizeBackward op, Tensor[] inputs, Tensor[] outputs) {
        Lines task = TASK.get();
        task.g = inputs[0].address();
        task.y = inputs[1].address();
        task.norms = inputs[2].address();
        task.dx = outputs[0].address();
        task.epsilon = (float) op.epsilon();
        task.run(inputs[0].shape(), op.axis(), 2);
    }

    private static final class Lines extends LineTask {
        private long g;
        private long y;
        private long norms;
        private long dx;
        private float epsilon;

        @Override
        void lines(long offset, long line, int count, Scratch scratch) {
            float[] dots = scratch.floats(SLOT, count);
            for (int r = 0; r < count; r++) {
                long at = offset + 4L * r * n;
                dots[r] = Memory.f32(norms + 4 * (line + r)) > epsilon ? (float) RowSums.dot(g + at, y + at, 0, n) : 0;
            }
            gradient(g + offset, y + offset, dx + offset, norms + 4 * line, n, count, dots);
        }

        private static void gradient(long g, long y, long dx, long norms, int n, int count, float[] dots) {
            for (int r = 0; r < count; r++) {
                FloatVector less = broadcast(FLOATS, -dots[r]);
                FloatVector norm = broadcast(FLOATS, Memory.f32(norms + 4L * r));
                long at = 4L * r * n;
                int i = 0;
                for (; i <= n - LANES; i += LANES, at += 4 * LANES) {
                    fromMemorySegment(FLOATS, ALL, y + at, ORDER)
                            .fma(less, fromMemorySegment(FLOATS, ALL, g + at, ORDER)).div(norm)
                            .intoMemorySegment(ALL, dx + at, ORDER);
                }
                if (i < n) {
                    VectorMask<Float> mask = FLOATS.indexInRange(0, n - i);
                    fromMemorySegment(FLOATS, ALL, y + at, ORDER, mask)
                            .fma(less, fromMemorySegment(FLOATS, ALL, g + at, ORDER, mask)).div(norm)
                            .intoMemorySegment(ALL, dx + at, ORDER, mask);
                }
            }
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = FLOATS.indexInRange(0, lanes);
            FloatVector norm = fromMemorySegment(FLOATS, ALL, norms + 4 * line, ORDER, mask);
            FloatVector dot = broadcast(FLOATS, 0);
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                dot = fromMemorySegment(FLOATS, ALL, g + at, ORDER, mask)
                        .fma(fromMemorySegment(FLOATS, ALL, y + at, ORDER, mask), dot);
            }
            FloatVector less = broadcast(FLOATS, 0).blend(dot.neg(), norm.compare(VectorOperators.GT, epsilon));
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                fromMemorySegment(FLOATS, ALL, y + at, ORDER, mask)
                        .fma(less, fromMemorySegment(FLOATS, ALL, g + at, ORDER, mask)).div(norm)
                        .intoMemorySegment(ALL, dx + at, ORDER, mask);
            }
        }
    }
}
