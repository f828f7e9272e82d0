package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Softmax;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Softmax in three passes over lines that stay in the nearest cache: maximum, exponentials, scaling by their sum. */
final class SoftmaxKernel implements Kernel<Softmax> {
    private static final int SLOT = 2;
    private static final ThreadLocal<Lines> TASK = ThreadLocal.withInitial(Lines::new);

    @Override
    public void run(Softmax op, Tensor[] inputs, Tensor[] outputs) {
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
            float[] scales = scratch.floats(SLOT, count);
            for (int r = 0; r < count; r++) {
                scales[r] = RowSums.max(x + offset + 4L * r * n, 1, n);
            }
            if (n % LANES != 0) {
                ends(x + offset, y + offset, n, count, scales);
            }
            exponentials(x + offset, y + offset, n, count, scales);
            scale(y + offset, n, count, scales);
        }

        /** The exponentials of each line's end, less than a vector: two in one method are more than the JIT inlines. */
        private static void ends(long x, long y, int n, int count, float[] scales) {
            int start = FLOATS.loopBound(n);
            VectorMask<Float> mask = FLOATS.indexInRange(0, n - start);
            for (int r = 0; r < count; r++) {
                long at = 4L * r * n + 4L * start;
                VectorMath.expNonPositive(fromMemorySegment(FLOATS, ALL, x + at, ORDER, mask).sub(scales[r]))
                        .intoMemorySegment(ALL, y + at, ORDER, mask);
            }
        }

        /** Takes each line's maximum and leaves the reciprocal of its sum. */
        private static void exponentials(long x, long y, int n, int count, float[] scales) {
            for (int r = 0; r < count; r++) {
                float max = scales[r];
                double total = 0;
                long at = 4L * r * n;
                for (int start = 0; start < n; start += RowSums.BLOCK) {
                    int end = Math.min(n, start + RowSums.BLOCK);
                    FloatVector sum = broadcast(FLOATS, 0);
                    int i = start;
                    for (; i <= end - LANES; i += LANES) {
                        FloatVector e = VectorMath.expNonPositive(
                                fromMemorySegment(FLOATS, ALL, x + at + 4L * i, ORDER).sub(max));
                        e.intoMemorySegment(ALL, y + at + 4L * i, ORDER);
                        sum = sum.add(e);
                    }
                    if (i < end) {
                        VectorMask<Float> mask = FLOATS.indexInRange(0, end - i);
                        sum = sum.add(fromMemorySegment(FLOATS, ALL, y + at + 4L * i, ORDER, mask));
                    }
                    total += VectorMath.sum(sum);
                }
                scales[r] = (float) (1 / total);
            }
        }

        private static void scale(long y, int n, int count, float[] scales) {
            for (int r = 0; r < count; r++) {
                FloatVector scale = broadcast(FLOATS, scales[r]);
                long at = y + 4L * r * n;
                int i = 0;
                for (; i <= n - LANES; i += LANES) {
                    fromMemorySegment(FLOATS, ALL, at + 4L * i, ORDER).mul(scale)
                            .intoMemorySegment(ALL, at + 4L * i, ORDER);
                }
                if (i < n) {
                    VectorMask<Float> mask = FLOATS.indexInRange(0, n - i);
                    fromMemorySegment(FLOATS, ALL, at + 4L * i, ORDER, mask).mul(scale)
                            .intoMemorySegment(ALL, at + 4L * i, ORDER, mask);
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
                long at = offset + i * stride;
                FloatVector e = VectorMath.expNonPositive(fromMemorySegment(FLOATS, ALL, x + at, ORDER, mask).sub(max));
                e.intoMemorySegment(ALL, y + at, ORDER, mask);
                sum = sum.add(e);
            }
            FloatVector scale = broadcast(FLOATS, 1).div(sum);
            for (int i = 0; i < n; i++) {
                long at = y + offset + i * stride;
                fromMemorySegment(FLOATS, ALL, at, ORDER, mask).mul(scale).intoMemorySegment(ALL, at, ORDER, mask);
            }
        }
    }
}
