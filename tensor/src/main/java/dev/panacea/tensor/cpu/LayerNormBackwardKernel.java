package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.all;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;
import static dev.panacea.tensor.cpu.Lanes.store;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.LayerNormBackward;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * All three gradients of layer normalisation in one walk over the rows. Rows are cut into pieces, by their number and
 * length alone; each piece sums its gradients of gamma and beta, and the pieces' sums are added in order.
 */
final class LayerNormBackwardKernel implements Kernel<LayerNormBackward> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int PIECES = 64;
    private static final int LEAST = 8192; // elements that are worth a piece of their own
    private static final ThreadLocal<Pieces> TASK = ThreadLocal.withInitial(Pieces::new);

    @Override
    public void run(LayerNormBackward op, Tensor[] inputs, Tensor[] outputs) {
        Pieces task = TASK.get();
        task.n = inputs[0].dim(-1);
        task.rowCount = Math.toIntExact(inputs[3].size());
        task.g = inputs[0].address();
        task.x = inputs[1].address();
        task.gamma = inputs[2].address();
        task.mean = inputs[3].address();
        task.rstd = inputs[4].address();
        task.dx = outputs[0].address();
        int pieces = task.cut();
        ParallelRows.run(task, pieces, 1);
        task.finish(pieces, outputs[1].address(), outputs[2].address());
    }

    private static final class Pieces extends RowTask {
        private int n;
        private int rowCount;
        private int pieceRows;
        private long g;
        private long x;
        private long gamma;
        private long mean;
        private long rstd;
        private long dx;
        private float[] sums = new float[0]; // of each piece: n for gamma, n for beta

        int cut() {
            long worth = (long) rowCount * n / LEAST;
            int pieces = (int) Math.clamp(worth, 1, PIECES);
            pieceRows = Math.max(1, (rowCount + pieces - 1) / pieces);
            pieces = Math.max(1, (rowCount + pieceRows - 1) / pieceRows);
            int length = Math.multiplyExact(2 * pieces, n);
            sums = sums.length < length ? new float[length] : sums;
            return pieces;
        }

        @Override
        public void rows(int from, int to, Scratch scratch) {
            for (int piece = from; piece < to; piece++) {
                int at = 2 * piece * n;
                Arrays.fill(sums, at, at + 2 * n, 0);
                int end = Math.min(rowCount, (piece + 1) * pieceRows);
                for (int row = piece * pieceRows; row < end; row++) {
                    row(4L * row * n, Memory.f32(mean + 4L * row), Memory.f32(rstd + 4L * row), at);
                }
            }
        }

        private void row(long offset, float mean, float rstd, int at) {
            long g = this.g + offset;
            long x = this.x + offset;
            float[] sums = this.sums;
            int count = n;
            FloatVector sum = all(0);
            FloatVector dot = sum;
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                FloatVector normal = load(x + 4L * i).sub(mean).mul(rstd);
                FloatVector v = load(g + 4L * i);
                v.fma(normal, FloatVector.fromArray(S, sums, at + i)).intoArray(sums, at + i);
                v.add(FloatVector.fromArray(S, sums, at + count + i)).intoArray(sums, at + count + i);
                v = v.mul(load(gamma + 4L * i));
                sum = sum.add(v);
                dot = v.fma(normal, dot);
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                FloatVector normal = load(x + 4L * i, mask).sub(mean).mul(rstd);
                FloatVector v = load(g + 4L * i, mask);
                v.fma(normal, FloatVector.fromArray(S, sums, at + i, mask)).intoArray(sums, at + i, mask);
                v.add(FloatVector.fromArray(S, sums, at + count + i, mask)).intoArray(sums, at + count + i, mask);
                v = v.mul(load(gamma + 4L * i, mask)); // zero in lanes off the row
                sum = sum.add(v);
                dot = v.fma(normal, dot);
            }
            gradient(g, x, dx + offset, mean, rstd, VectorMath.sum(sum) / count, VectorMath.sum(dot) / count);
        }

        private void gradient(long g, long x, long dx, float mean, float rstd, float average, float projection) {
            long gamma = this.gamma;
            int count = n;
            FloatVector along = all(-projection);
            int i = 0;
            for (; i <= count - COUNT; i += COUNT) {
                FloatVector normal = load(x + 4L * i).sub(mean).mul(rstd);
                FloatVector v = load(g + 4L * i).mul(load(gamma + 4L * i)).sub(average);
                store(normal.fma(along, v).mul(rstd), dx + 4L * i);
            }
            if (i < count) {
                VectorMask<Float> mask = first(count - i);
                FloatVector normal = load(x + 4L * i, mask).sub(mean).mul(rstd);
                FloatVector v = load(g + 4L * i, mask).mul(load(gamma + 4L * i, mask)).sub(average);
                store(normal.fma(along, v).mul(rstd), dx + 4L * i, mask);
            }
        }

        void finish(int pieces, long dgamma, long dbeta) {
            for (int piece = 1; piece < pieces; piece++) {
                int at = 2 * piece * n;
                for (int i = 0; i < 2 * n; i++) {
                    sums[i] += sums[at + i];
                }
            }
            for (int i = 0; i < n; i++) {
                Memory.f32(dgamma + 4L * i, sums[i]);
                Memory.f32(dbeta + 4L * i, sums[n + i]);
            }
        }
    }
}
