package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.all;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;
import static dev.panacea.tensor.cpu.Lanes.store;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.LogSoftmax;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Log-softmax: maximum, sum of exponentials, and one subtraction pass. */
final class LogSoftmaxKernel implements Kernel<LogSoftmax> {
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
        void row(long offset, long line) {
            float max = RowSums.max(x + offset, 1, n);
            double total = 0;
            for (int i = 0; i < n; i += RowSums.BLOCK) {
                total += exponentials(x + offset + 4L * i, max, Math.min(RowSums.BLOCK, n - i));
            }
            subtract(x + offset, y + offset, max, (float) StrictMath.log(total), n);
        }

        private static float exponentials(long x, float max, int count) {
            FloatVector peak = all(max);
            FloatVector sum = all(0);
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                sum = sum.add(VectorMath.expNonPositive(load(x + 4L * i).sub(peak)));
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                sum = sum.blend(sum.add(VectorMath.expNonPositive(load(x + 4L * i, mask).sub(peak))), mask);
            }
            return VectorMath.sum(sum);
        }

        private static void subtract(long x, long y, float max, float log, int count) {
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                store(load(x + 4L * i).sub(max).sub(log), y + 4L * i);
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                store(load(x + 4L * i, mask).sub(max).sub(log), y + 4L * i, mask);
            }
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = first(lanes);
            FloatVector max = load(x + offset, mask);
            for (int i = 1; i < n; i++) {
                max = max.max(load(x + offset + i * stride, mask));
            }
            FloatVector sum = all(0);
            for (int i = 0; i < n; i++) {
                sum = sum.add(VectorMath.expNonPositive(load(x + offset + i * stride, mask).sub(max)));
            }
            FloatVector log = VectorMath.log(sum);
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                store(load(x + at, mask).sub(max).sub(log), y + at, mask);
            }
        }
    }
}
