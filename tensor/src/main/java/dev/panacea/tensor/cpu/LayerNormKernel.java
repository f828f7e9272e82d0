package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;
import static dev.panacea.tensor.cpu.Lanes.store;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.LayerNorm;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Layer normalisation: mean, squared deviations and result in three passes over a row in the nearest cache. */
final class LayerNormKernel implements Kernel<LayerNorm> {
    private static final ThreadLocal<Rows> TASK = ThreadLocal.withInitial(Rows::new);

    @Override
    public void run(LayerNorm op, Tensor[] inputs, Tensor[] outputs) {
        Rows task = TASK.get();
        task.n = inputs[0].dim(-1);
        task.epsilon = op.epsilon();
        task.x = inputs[0].address();
        task.gamma = inputs[1].address();
        task.beta = inputs[2].address();
        task.y = outputs[0].address();
        task.mean = outputs[1].address();
        task.rstd = outputs[2].address();
        ParallelRows.run(task, Math.toIntExact(outputs[1].size()), ParallelRows.grain(task.n, 1 << 14));
    }

    private static final class Rows extends RowTask {
        private int n;
        private double epsilon;
        private long x;
        private long gamma;
        private long beta;
        private long y;
        private long mean;
        private long rstd;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            for (int row = from; row < to; row++) {
                long offset = 4L * row * n;
                float m = (float) (RowSums.sum(x + offset, n) / n);
                float r = (float) (1 / Math.sqrt(RowSums.squares(x + offset, m, n) / n + epsilon));
                Memory.f32(mean + 4L * row, m);
                Memory.f32(rstd + 4L * row, r);
                normalise(x + offset, m, r, y + offset);
            }
        }

        private void normalise(long x, float mean, float rstd, long y) {
            long gamma = this.gamma;
            long beta = this.beta;
            int count = n;
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                FloatVector normal = load(x + 4L * i).sub(mean).mul(rstd);
                store(normal.fma(load(gamma + 4L * i), load(beta + 4L * i)), y + 4L * i);
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                FloatVector normal = load(x + 4L * i, mask).sub(mean).mul(rstd);
                store(normal.fma(load(gamma + 4L * i, mask), load(beta + 4L * i, mask)), y + 4L * i, mask);
            }
        }
    }
}
