package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.all;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;
import static dev.panacea.tensor.cpu.Lanes.store;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Softmax;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Softmax in three passes over a line that stays in the nearest cache: maximum, exponentials and their sum, scaling. */
final class SoftmaxKernel implements Kernel<Softmax> {
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
        void row(long offset, long line) {
            float max = RowSums.max(x + offset, 1, n);
            double total = 0;
            for (int i = 0; i < n; i += RowSums.BLOCK) {
                long at = offset + 4L * i;
                total += exponentials(x + at, y + at, max, Math.min(RowSums.BLOCK, n - i));
            }
            scale(y + offset, (float) (1 / total), n);
        }

        private static float exponentials(long x, long y, float max, int count) {
            FloatVector peak = all(max);
            FloatVector sum = all(0);
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                FloatVector e = VectorMath.expNonPositive(load(x + 4L * i).sub(peak));
                store(e, y + 4L * i);
                sum = sum.add(e);
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                FloatVector e = VectorMath.expNonPositive(load(x + 4L * i, mask).sub(peak));
                store(e, y + 4L * i, mask);
                sum = sum.blend(sum.add(e), mask);
            }
            return VectorMath.sum(sum);
        }

        private static void scale(long y, float scale, int count) {
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                store(load(y + 4L * i).mul(scale), y + 4L * i);
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                store(load(y + 4L * i, mask).mul(scale), y + 4L * i, mask);
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
                long at = offset + i * stride;
                FloatVector e = VectorMath.expNonPositive(load(x + at, mask).sub(max));
                store(e, y + at, mask);
                sum = sum.add(e);
            }
            FloatVector scale = all(1).div(sum);
            for (int i = 0; i < n; i++) {
                long at = y + offset + i * stride;
                store(load(at, mask).mul(scale), at, mask);
            }
        }
    }
}
