package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.all;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;
import static dev.panacea.tensor.cpu.Lanes.store;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.LogSoftmaxBackward;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Gradient of log-softmax: the sum of the gradients along each line, then one pass. */
final class LogSoftmaxBackwardKernel implements Kernel<LogSoftmaxBackward> {
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
        void row(long offset, long line) {
            float sum = (float) RowSums.sum(g + offset, n);
            gradient(g + offset, y + offset, dx + offset, sum, n);
        }

        private static void gradient(long g, long y, long dx, float sum, int count) {
            FloatVector less = all(-sum);
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                store(VectorMath.exp(load(y + 4L * i)).fma(less, load(g + 4L * i)), dx + 4L * i);
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                store(VectorMath.exp(load(y + 4L * i, mask)).fma(less, load(g + 4L * i, mask)), dx + 4L * i, mask);
            }
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = first(lanes);
            FloatVector sum = all(0);
            for (int i = 0; i < n; i++) {
                sum = sum.add(load(g + offset + i * stride, mask));
            }
            FloatVector less = sum.neg();
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                store(VectorMath.exp(load(y + at, mask)).fma(less, load(g + at, mask)), dx + at, mask);
            }
        }
    }
}
