package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.CrossEntropy;
import dev.panacea.tensor.op.CrossEntropyBackward;
import dev.panacea.tensor.op.IndexRange;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Softmax from the saved log sum, minus the targets, a row at a time. */
final class CrossEntropyBackwardKernel implements Kernel<CrossEntropyBackward> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final ThreadLocal<Rows> TASK = ThreadLocal.withInitial(Rows::new);

    @Override
    public void run(CrossEntropyBackward op, Tensor[] inputs, Tensor[] outputs) {
        Rows task = TASK.get();
        task.n = inputs[1].dim(-1);
        task.classes = CrossEntropy.classes(inputs[2]);
        if (task.classes) {
            IndexRange.check(op, inputs[2], inputs[1].shape(), -1);
        }
        int rows = Math.toIntExact(inputs[1].size() / task.n);
        task.scale = Memory.f32(inputs[0].address()) / rows;
        task.keep = (float) (1 - op.smoothing());
        task.share = (float) (op.smoothing() / task.n);
        task.logits = inputs[1].address();
        task.targets = inputs[2].address();
        task.logSums = inputs[3].address();
        task.out = outputs[0].address();
        ParallelRows.run(task, rows, ParallelRows.grain(task.n, 8192));
    }

    private static final class Rows extends RowTask {
        private int n;
        private boolean classes;
        private float scale;
        private float keep;
        private float share;
        private long logits;
        private long targets;
        private long logSums;
        private long out;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            int padded = CrossEntropyKernel.padded(n);
            long x = scratch.memory(0, 4L * padded);
            long t = scratch.memory(1, 4L * padded);
            Memory.fill(t, 4L * padded, (byte) 0);
            for (int row = from; row < to; row++) {
                CrossEntropyKernel.pad(logits + 4L * row * n, n, x, 0);
                float logSum = Memory.f32(logSums + 4L * row);
                if (classes) {
                    long chosen = t + 4L * Memory.i32(targets + 4L * row);
                    Memory.f32(chosen, keep);
                    difference(x, t, padded, logSum, scale, scale, share * scale);
                    Memory.f32(chosen, 0);
                } else {
                    CrossEntropyKernel.pad(targets + 4L * row * n, n, t, 0);
                    float total = Math.fma(keep, total(t, padded), share * n);
                    difference(x, t, padded, logSum, total * scale, keep * scale, share * scale);
                }
                Memory.copy(x, out + 4L * row * n, 4L * n);
            }
        }

        /** x becomes e^(x − logSum) · a − t · b − c. */
        private static void difference(long x, long t, int count, float logSum, float a, float b, float c) {
            FloatVector shift = FloatVector.broadcast(S, logSum);
            FloatVector minus = FloatVector.broadcast(S, -b);
            FloatVector rest = FloatVector.broadcast(S, -c);
            FloatVector factor = FloatVector.broadcast(S, a);
            for (int j = 0; j < count; j += S.length()) {
                FloatVector p = VectorMath.expNonPositive(
                        FloatVector.fromMemorySegment(S, Memory.ALL, x + 4L * j, Memory.ORDER).sub(shift));
                FloatVector target = FloatVector.fromMemorySegment(S, Memory.ALL, t + 4L * j, Memory.ORDER);
                p.fma(factor, target.fma(minus, rest)).intoMemorySegment(Memory.ALL, x + 4L * j, Memory.ORDER);
            }
        }

        private static float total(long t, int count) {
            FloatVector sum = FloatVector.zero(S);
            for (int j = 0; j < count; j += S.length()) {
                sum = sum.add(FloatVector.fromMemorySegment(S, Memory.ALL, t + 4L * j, Memory.ORDER));
            }
            return VectorMath.sum(sum);
        }
    }
}
