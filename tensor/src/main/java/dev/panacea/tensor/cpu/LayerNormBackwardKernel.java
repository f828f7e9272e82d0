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
import dev.panacea.tensor.op.LayerNormBackward;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * All three gradients of layer normalisation in one walk over the rows. Rows are cut into pieces, by their number and
 * length alone; each piece sums its gradients of gamma and beta, and the pieces' sums are added in order.
 */
final class LayerNormBackwardKernel implements Kernel<LayerNormBackward> {
    private static final int SLOT = 2;
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
        private int wide;                    // n rounded up to whole vectors
        private float[] sums = new float[0]; // of each piece: wide for gamma, wide for beta

        int cut() {
            long worth = (long) rowCount * n / LEAST;
            int pieces = (int) Math.clamp(worth, 1, PIECES);
            pieceRows = Math.max(1, (rowCount + pieces - 1) / pieces);
            pieces = Math.max(1, (rowCount + pieceRows - 1) / pieceRows);
            wide = (n + LANES - 1) / LANES * LANES;
            int length = Math.multiplyExact(2 * pieces, wide);
            sums = sums.length < length ? new float[length] : sums;
            return pieces;
        }

        @Override
        public void rows(int from, int to, Scratch scratch) {
            int group = LineTask.group(n);
            float[] averages = scratch.floats(SLOT, 2 * group);
            for (int piece = from; piece < to; piece++) {
                int at = 2 * piece * wide;
                Arrays.fill(sums, at, at + 2 * wide, 0);
                int end = Math.min(rowCount, (piece + 1) * pieceRows);
                for (int start = piece * pieceRows; start < end; start += group) {
                    int count = Math.min(group, end - start);
                    sum(start, count, at, averages);
                    gradient(start, count, averages);
                }
            }
        }

        /** Adds rows to the piece's sums, and leaves each row's averages of g·gamma and g·gamma·x̂. */
        private void sum(int from, int count, int at, float[] averages) {
            int n = this.n;
            int wide = this.wide;
            float[] sums = this.sums;
            for (int row = 0; row < count; row++) {
                FloatVector m = broadcast(FLOATS, Memory.f32(mean + 4L * (from + row)));
                FloatVector r = broadcast(FLOATS, Memory.f32(rstd + 4L * (from + row)));
                long g = this.g + 4L * (from + row) * n;
                long x = this.x + 4L * (from + row) * n;
                FloatVector sum = broadcast(FLOATS, 0);
                FloatVector dot = sum;
                int i = 0;
                for (; i <= n - LANES; i += LANES) {
                    FloatVector normal = fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(m).mul(r);
                    FloatVector v = fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER);
                    v.fma(normal, FloatVector.fromArray(FLOATS, sums, at + i)).intoArray(sums, at + i);
                    v.add(FloatVector.fromArray(FLOATS, sums, at + wide + i)).intoArray(sums, at + wide + i);
                    v = v.mul(fromMemorySegment(FLOATS, ALL, gamma + 4L * i, ORDER));
                    sum = sum.add(v);
                    dot = v.fma(normal, dot);
                }
                if (i < n) {
                    VectorMask<Float> mask = FLOATS.indexInRange(0, n - i);
                    FloatVector normal = fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER, mask).sub(m).mul(r);
                    FloatVector v = fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER, mask); // zero off the row
                    v.fma(normal, FloatVector.fromArray(FLOATS, sums, at + i)).intoArray(sums, at + i);
                    v.add(FloatVector.fromArray(FLOATS, sums, at + wide + i)).intoArray(sums, at + wide + i);
                    v = v.mul(fromMemorySegment(FLOATS, ALL, gamma + 4L * i, ORDER, mask));
                    sum = sum.add(v);
                    dot = v.fma(normal, dot);
                }
                averages[2 * row] = VectorMath.sum(sum) / n;
                averages[2 * row + 1] = VectorMath.sum(dot) / n;
            }
        }

        private void gradient(int from, int count, float[] averages) {
            int n = this.n;
            long gamma = this.gamma;
            for (int row = 0; row < count; row++) {
                FloatVector m = broadcast(FLOATS, Memory.f32(mean + 4L * (from + row)));
                FloatVector r = broadcast(FLOATS, Memory.f32(rstd + 4L * (from + row)));
                FloatVector average = broadcast(FLOATS, averages[2 * row]);
                FloatVector along = broadcast(FLOATS, -averages[2 * row + 1]);
                long at = 4L * (from + row) * n;
                int i = 0;
                for (; i <= n - LANES; i += LANES, at += 4 * LANES) {
                    FloatVector v = fromMemorySegment(FLOATS, ALL, g + at, ORDER)
                            .mul(fromMemorySegment(FLOATS, ALL, gamma + 4L * i, ORDER)).sub(average);
                    fromMemorySegment(FLOATS, ALL, x + at, ORDER).sub(m).mul(r).fma(along, v).mul(r)
                            .intoMemorySegment(ALL, dx + at, ORDER);
                }
                if (i < n) {
                    VectorMask<Float> mask = FLOATS.indexInRange(0, n - i);
                    FloatVector v = fromMemorySegment(FLOATS, ALL, g + at, ORDER, mask)
                            .mul(fromMemorySegment(FLOATS, ALL, gamma + 4L * i, ORDER, mask)).sub(average);
                    fromMemorySegment(FLOATS, ALL, x + at, ORDER, mask).sub(m).mul(r).fma(along, v).mul(r)
                            .intoMemorySegment(ALL, dx + at, ORDER, mask);
                }
            }
        }

        void finish(int pieces, long dgamma, long dbeta) {
            for (int piece = 1; piece < pieces; piece++) {
                int at = 2 * piece * wide;
                for (int i = 0; i < 2 * wide; i++) {
                    sums[i] += sums[at + i];
                }
            }
            for (int i = 0; i < n; i++) {
                Memory.f32(dgamma + 4L * i, sums[i]);
                Memory.f32(dbeta + 4L * i, sums[wide + i]);
            }
        }
    }
}
