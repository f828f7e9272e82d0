package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.all;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;
import static dev.panacea.tensor.cpu.Lanes.store;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.SoftmaxBackward;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Gradient of softmax: a dot product along each line, then one pass. */
final class SoftmaxBackwardKernel implements Kernel<SoftmaxBackward> {
    private static final ThreadLocal<Lines> TASK = ThreadLocal.withInitial(Lines::new);

    @Override
    public void run(SoftmaxBackward op, Tensor[] inputs, Tensor[] outputs) {
        Lines task = TASK.get();
        task.g = inputs[0].address();
        task.y = inputs[1].address();
        task.dx = outputs[0].address();
        task.run(inputs[0].shape(), op.axis(), 2);
    }

    private static final class Lines extends LineTask {
        private long g;
        private long y;
        private long dx;

        @Override
        void row(long offset, long line) {
            float dot = (float) RowSums.dot(g + offset, y + offset, 0, n);
            gradient(g + offset, y + offset, dx + offset, dot, n);
        }

        private static void gradient(long g, long y, long dx, float dot, int count) {
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                store(load(y + 4L * i).mul(load(g + 4L * i).sub(dot)), dx + 4L * i);
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                store(load(y + 4L * i, mask).mul(load(g + 4L * i, mask).sub(dot)), dx + 4L * i, mask);
            }
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = first(lanes);
            FloatVector dot = all(0);
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                dot = load(g + at, mask).fma(load(y + at, mask), dot);
            }
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                store(load(y + at, mask).mul(load(g + at, mask).sub(dot)), dx + at, mask);
            }
        }
    }
}
