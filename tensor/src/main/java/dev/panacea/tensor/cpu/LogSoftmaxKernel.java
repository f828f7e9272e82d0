package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.LogSoftmax;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Log-softmax: maximum, sum of exponentials, and one subtraction pass. */
final class LogSoftmaxKernel implements Kernel<LogSoftmax> {
    private static final int SLOT = 2;
    private static final ThreadLocal<Lines> TASK = ThreadLocal.withInitial(Lines::new);

    @Override
    public void run(LogSoftmax op, Tensor[] inputs, Tensor[] outputs) {
        Lines task = TASK.get();
        task.x = inputs[0].address();
        task.y = outputs[0].address();
        task.run(inputs[0].shape(), op.axis(), 4);
    }

    private static final class Lines extends LineTask {
        private long x;
        private long y;

        @Override
        void lines(long offset, long line, int count, Scratch scratch) {
            float[] max = scratch.floats(SLOT, count);
            float[] logs = scratch.floats(SLOT + 1, count);
            for (int r = 0; r < count; r++) {
                max[r] = RowSums.max(x + offset + 4L * r * n, 1, n);
            }
            logarithms(x + offset, n, count, max, logs);
            subtract(x + offset, y + offset, n, count, max, logs);
        }

        /** Masked throughout: two exponentials in one method are more than the JIT inlines. */
        private static void logarithms(long x, int n, int count, float[] max, float[] logs) {
            for (int r = 0; r < count; r++) {
                double total = 0;
                long at = x + 4L * r * n;
                for (int start = 0; start < n; start += RowSums.BLOCK) {
                    int end = Math.min(n, start + RowSums.BLOCK);
                    FloatVector sum = broadcast(FLOATS, 0);
                    for (int i = start; i < end; i += LANES) {
                        VectorMask<Float> mask = FLOATS.indexInRange(0, end - i);
                        sum = sum.add(VectorMath.expNonPositive(fromMemorySegment(FLOATS, ALL, at + 4L * i, ORDER,
                                mask).sub(max[r])), mask);
                    }
                    total += VectorMath.sum(sum);
                }
                logs[r] = (float) StrictMath.log(total);
            }
        }

        private static void subtract(long x, long y, int n, int count, float[] max, float[] logs) {
            for (int r = 0; r < count; r++) {
                FloatVector peak = broadcast(FLOATS, max[r]);
                FloatVector log = broadcast(FLOATS, logs[r]);
                long at = 4L * r * n;
                int i = 0;
                for (; i <= n - LANES; i += LANES) {
                    fromMemorySegment(FLOATS, ALL, x + at + 4L * i, ORDER).sub(peak).sub(log)
                            .intoMemorySegment(ALL, y + at + 4L * i, ORDER);
                }
                if (i < n) {
                    VectorMask<Float> mask = FLOATS.indexInRange(0, n - i);
                    fromMemorySegment(FLOATS, ALL, x + at + 4L * i, ORDER, mask).sub(peak).sub(log)
                            .intoMemorySegment(ALL, y + at + 4L * i, ORDER, mask);
                }
            }
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = FLOATS.indexInRange(0, lanes);
            FloatVector max = fromMemorySegment(FLOATS, ALL, x + offset, ORDER, mask);
            for (int i = 1; i < n; i++) {
                max = max.max(fromMemorySegment(FLOATS, ALL, x + offset + i * stride, ORDER, mask));
            }
            FloatVector sum = broadcast(FLOATS, 0);
            for (int i = 0; i < n; i++) {
                sum = sum.add(VectorMath.expNonPositive(fromMemorySegment(FLOATS, ALL, x + offset + i * stride, ORDER,
                        mask).sub(max)));
            }
            FloatVector log = VectorMath.log(sum);
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                fromMemorySegment(FLOATS, ALL, x + at, ORDER, mask).sub(max).sub(log)
                        .intoMemorySegment(ALL, y + at, ORDER, mask);
            }
        }
    }
}
