package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.all;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;
import static dev.panacea.tensor.cpu.Lanes.store;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.L2NormalizeBackward;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Gradient of lines scaled to length 1: a dot product along each line, then one pass. */
final class L2NormalizeBackwardKernel implements Kernel<L2NormalizeBackward> {
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
        void row(long offset, long line) {
            float norm = Memory.f32(norms + 4 * line);
            float dot = norm > epsilon ? (float) RowSums.dot(g + offset, y + offset, 0, n) : 0;
            gradient(g + offset, y + offset, dx + offset, dot, norm, n);
        }

        private static void gradient(long g, long y, long dx, float dot, float norm, int count) {
            FloatVector less = all(-dot);
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                store(load(y + 4L * i).fma(less, load(g + 4L * i)).div(norm), dx + 4L * i);
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                store(load(y + 4L * i, mask).fma(less, load(g + 4L * i, mask)).div(norm), dx + 4L * i, mask);
            }
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = first(lanes);
            FloatVector norm = load(norms + 4 * line, mask);
            FloatVector dot = all(0);
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                dot = load(g + at, mask).fma(load(y + at, mask), dot);
            }
            FloatVector less = all(0).blend(dot.neg(), norm.compare(VectorOperators.GT, epsilon));
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                store(load(y + at, mask).fma(less, load(g + at, mask)).div(norm), dx + at, mask);
            }
        }
    }
}
