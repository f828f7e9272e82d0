package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.MaxPool2dBackward;

/** Scatters the gradient of max pooling, one plane after the other. */
final class MaxPool2dBackwardKernel implements Kernel<MaxPool2dBackward> {
    private static final ThreadLocal<Planes> TASK = ThreadLocal.withInitial(Planes::new);

    @Override
    public void run(MaxPool2dBackward op, Tensor[] inputs, Tensor[] outputs) {
        Planes task = TASK.get();
        task.plane = outputs[0].dim(2) * outputs[0].dim(3);
        task.windows = inputs[0].dim(2) * inputs[0].dim(3);
        task.gradient = inputs[0].address();
        task.positions = inputs[1].address();
        task.dx = outputs[0].address();
        ParallelRows.run(task, outputs[0].dim(0) * outputs[0].dim(1), ParallelRows.grain(task.plane, 1 << 14));
    }

    private static final class Planes extends RowTask {
        private int plane;
        private int windows;
        private long gradient;
        private long positions;
        private long dx;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            for (int row = from; row < to; row++) {
                long target = dx + 4L * row * plane;
                Memory.zero(target, 4L * plane);
                for (long i = (long) row * windows; i < (long) (row + 1) * windows; i++) {
                    long at = target + 4L * MaxPool2dBackward.check(Memory.i32(positions + 4 * i), plane);
                    Memory.f32(at, Memory.f32(at) + Memory.f32(gradient + 4 * i));
                }
            }
        }
    }
}
