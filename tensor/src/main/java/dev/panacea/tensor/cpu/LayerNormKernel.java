package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

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
            int group = LineTask.group(n);
            for (int start = from; start < to; start += group) {
                int end = Math.min(to, start + group);
                for (int row = start; row < end; row++) {
                    long at = x + 4L * row * n;
                    float m = (float) (RowSums.sum(at, n) / n);
                    Memory.f32(mean + 4L * row, m);
                    Memory.f32(rstd + 4L * row, (float) (1 / Math.sqrt(RowSums.squares(at, m, n) / n + epsilon)));
                }
                normalise(start, end);
            }
        }

        private void normalise(int from, int to) {
            int n = this.n;
            long gamma = this.gamma;
            long beta = this.beta;
            for (int row = from; row < to; row++) {
                FloatVector m = broadcast(FLOATS, Memory.f32(mean + 4L * row));
                FloatVector r = broadcast(FLOATS, Memory.f32(rstd + 4L * row));
                long x = this.x + 4L * row * n;
                long y = this.y + 4L * row * n;
                int i = 0;
                for (; i <= n - LANES; i += LANES) {
                    FloatVector normal = fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(m).mul(r);
                    normal.fma(fromMemorySegment(FLOATS, ALL, gamma + 4L * i, ORDER),
                            fromMemorySegment(FLOATS, ALL, beta + 4L * i, ORDER))
                            .intoMemorySegment(ALL, y + 4L * i, ORDER);
                }
                if (i < n) {
                    VectorMask<Float> mask = FLOATS.indexInRange(0, n - i);
                    FloatVector normal = fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER, mask).sub(m).mul(r);
                    normal.fma(fromMemorySegment(FLOATS, ALL, gamma + 4L * i, ORDER, mask),
                            fromMemorySegment(FLOATS, ALL, beta + 4L * i, ORDER, mask))
                            .intoMemorySegment(ALL, y + 4L * i, ORDER, mask);
                }
            }
        }
    }
}
