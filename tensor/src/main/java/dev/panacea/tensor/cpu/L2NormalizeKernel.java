package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.all;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;
import static dev.panacea.tensor.cpu.Lanes.store;

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
        void row(long offset, long line) {
            float norm = Math.max((float) Math.sqrt(RowSums.squares(x + offset, 0, n)), epsilon);
            Memory.f32(norms + 4 * line, norm);
            divide(x + offset, y + offset, norm, n);
        }

        private static void divide(long x, long y, float norm, int count) {
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                store(load(x + 4L * i).div(norm), y + 4L * i);
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                store(load(x + 4L * i, mask).div(norm), y + 4L * i, mask);
            }
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = first(lanes);
            FloatVector squares = all(0);
            for (int i = 0; i < n; i++) {
                FloatVector v = load(x + offset + i * stride, mask);
                squares = v.fma(v, squares);
            }
            FloatVector norm = squares.sqrt().max(epsilon);
            store(norm, norms + 4 * line, mask);
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                store(load(x + at, mask).div(norm), y + at, mask);
            }
        }
    }
}
