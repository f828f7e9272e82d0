package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.LogSoftmaxBackward;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Gradient of log-softmax: the sum of the gradients along each line, then one pass. */
final class LogSoftmaxBackwardKernel implements Kernel<LogSoftmaxBackward> {
    private static final int SLOT = 2;
    private static final ThreadLocal<Lines> TASK = ThreadLocal.withInitial(Lines::new);

    @Override
    public void run(LogSoftmaxBackward op, Tensor[] inputs, Tensor[] outputs) {
        Lines task = TASK.get();
        task.g = inputs[0].address();
        task.y = inputs[1].address();
        task.dx = outputs[0].address();
        task.run(inputs[0].shape(), op.axis(), 4);
    }

    private static final class Lines extends LineTask {
        private long g;
        private long y;
        private long dx;

        @Override
        void lines(long offset, long line, int count, Scratch scratch) {
            float[] sums = scratch.floats(SLOT, count);
            for (int r = 0; r < count; r++) {
                sums[r] = (float) RowSums.sum(g + offset + 4L * r * n, n);
            }
            gradient(g + offset, y + offset, dx + offset, n, count, sums);
        }

        /** Masked throughout: two exponentials in one method are more than the JIT inlines. */
        private static void gradient(long g, long y, long dx, int n, int count, float[] sums) {
            for (int r = 0; r < count; r++) {
                FloatVector less = broadcast(FLOATS, -sums[r]);
                for (int i = 0; i < n; i += LANES) {
                    long at = 4L * r * n + 4L * i;
                    VectorMask<Float> mask = FLOATS.indexInRange(0, n - i);
                    FloatVector share = VectorMath.exp(fromMemorySegment(FLOATS, ALL, y + at, ORDER, mask));
                    share.fma(less, fromMemorySegment(FLOATS, ALL, g + at, ORDER, mask))
                            .intoMemorySegment(ALL, dx + at, ORDER, mask);
                }
            }
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = FLOATS.indexInRange(0, lanes);
            FloatVector sum = broadcast(FLOATS, 0);
            for (int i = 0; i < n; i++) {
                sum = sum.add(fromMemorySegment(FLOATS, ALL, g + offset + i * stride, ORDER, mask));
            }
            FloatVector less = sum.neg();
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                VectorMath.exp(fromMemorySegment(FLOATS, ALL, y + at, ORDER, mask))
                        .fma(less, fromMemorySegment(FLOATS, ALL, g + at, ORDER, mask))
                        .intoMemorySegment(ALL, dx + at, ORDER, mask);
            }
        }
    }
}
