package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.CrossEntropy;
import dev.panacea.tensor.op.IndexRange;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Cross-entropy in one pass over each row, which a buffer pads to whole vectors. */
final class CrossEntropyKernel implements Kernel<CrossEntropy> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final ThreadLocal<Rows> TASK = ThreadLocal.withInitial(Rows::new);
    private static final ElementwiseTask LOG = LoopCopy.unary((x, p, q) -> VectorMath.log(x));
    private static final int MAX_CHUNK = 256;

    @Override
    public void run(CrossEntropy op, Tensor[] inputs, Tensor[] outputs) {
        Rows task = TASK.get();
        task.n = inputs[0].dim(-1);
        task.classes = CrossEntropy.classes(inputs[1]);
        if (task.classes) {
            IndexRange.check(op, inputs[1], inputs[0].shape(), -1);
        }
        task.smoothing = op.smoothing();
        task.logits = inputs[0].address();
        task.targets = inputs[1].address();
        task.logSums = outputs[1].address();
        int rows = Math.toIntExact(inputs[0].size() / task.n);
        double loss = task.run(rows, Math.clamp(8192 / task.n, 1, MAX_CHUNK));
        Memory.f32(outputs[0].address(), (float) (loss / rows));
    }

    /** Copies a row to a buffer and fills the last vector up. */
    static void pad(long row, int n, long buffer, float fill) {
        Memory.copy(row, buffer, 4L * n);
        for (int j = n; j < padded(n); j++) {
            Memory.f32(buffer + 4L * j, fill);
        }
    }

    static int padded(int n) {
        return (n + S.length() - 1) / S.length() * S.length();
    }

    private static final class Rows extends ChunkSum {
        private int n;
        private boolean classes;
        private double smoothing;
        private long logits;
        private long targets;
        private long logSums;

        @Override
        double sum(int from, int to, Scratch scratch) {
            long x = scratch.memory(0, 4L * padded(n));
            long t = scratch.memory(1, 4L * padded(n));
            long maxima = scratch.memory(2, 4 * MAX_CHUNK);
            long sums = scratch.memory(3, 4 * MAX_CHUNK);
            float share = (float) smoothing / n;
            double loss = 0;
            for (int row = from; row < to; row++) {
                long at = logits + 4L * row * n;
                pad(at, n, x, -Float.MAX_VALUE);
                float max = max(x, padded(n));
                Memory.f32(maxima + 4L * (row - from), max);
                Memory.f32(sums + 4L * (row - from), expSum(x, padded(n), max));
                if (classes) {
                    float chosen = Memory.f32(at + 4L * Memory.i32(targets + 4L * row));
                    loss -= (1 - smoothing) * chosen;
                } else {
                    pad(targets + 4L * row * n, n, t, 0);
                    loss -= (1 - smoothing) * dot(x, t, padded(n));
                }
                if (share > 0) {
                    pad(at, n, x, 0);
                    loss -= share * total(x, padded(n));
                }
            }
            int count = to - from;
            for (int i = count; i < padded(count); i++) {
                Memory.f32(sums + 4L * i, 1);
            }
            LOG.over(sums, 0, sums, padded(count));
            for (int row = from; row < to; row++) {
                float logSum = Memory.f32(maxima + 4L * (row - from)) + Memory.f32(sums + 4L * (row - from));
                Memory.f32(logSums + 4L * row, logSum);
                loss += logSum * weight(row, t);
            }
            return loss;
        }

        /** Σ t' of a row. */
        private double weight(int row, long t) {
            if (classes) {
                return 1;
            }
            pad(targets + 4L * row * n, n, t, 0);
            return (1 - smoothing) * total(t, padded(n)) + smoothing;
        }

        private static float max(long x, int count) {
            FloatVector max = FloatVector.fromMemorySegment(S, Memory.ALL, x, Memory.ORDER);
            for (int j = S.length(); j < count; j += S.length()) {
                max = max.max(FloatVector.fromMemorySegment(S, Memory.ALL, x + 4L * j, Memory.ORDER));
            }
            return max.reduceLanes(VectorOperators.MAX);
        }

        private static float expSum(long x, int count, float max) {
            FloatVector sum = FloatVector.zero(S);
            FloatVector shift = FloatVector.broadcast(S, max);
            for (int j = 0; j < count; j += S.length()) {
                sum = sum.add(VectorMath.expNonPositive(
                        FloatVector.fromMemorySegment(S, Memory.ALL, x + 4L * j, Memory.ORDER).sub(shift)));
            }
            return VectorMath.sum(sum);
        }

        private static float dot(long x, long t, int count) {
            FloatVector sum = FloatVector.zero(S);
            for (int j = 0; j < count; j += S.length()) {
                sum = FloatVector.fromMemorySegment(S, Memory.ALL, x + 4L * j, Memory.ORDER)
                        .fma(FloatVector.fromMemorySegment(S, Memory.ALL, t + 4L * j, Memory.ORDER), sum);
            }
            return VectorMath.sum(sum);
        }

        private static float total(long x, int count) {
            FloatVector sum = FloatVector.zero(S);
            for (int j = 0; j < count; j += S.length()) {
                sum = sum.add(FloatVector.fromMemorySegment(S, Memory.ALL, x + 4L * j, Memory.ORDER));
            }
            return VectorMath.sum(sum);
        }
    }
}
