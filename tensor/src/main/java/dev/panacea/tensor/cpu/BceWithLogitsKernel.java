package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.BceWithLogits;
import dev.panacea.tensor.op.BceWithLogitsBackward;
import dev.panacea.tensor.op.Op;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Binary cross-entropy and its gradient, chunk by chunk: a buffer takes the softplus or the sigmoid of the logits, a
 * second pass joins it with targets and weights. Weights that broadcast are expanded first: they are small beside what
 * made the logits.
 */
final class BceWithLogitsKernel<O extends Op> implements Kernel<O> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int CHUNK = 4096;
    private static final ElementwiseTask SOFTPLUS = LoopCopy.unary((x, p, q) -> VectorMath.softplus(x.neg()));
    private static final ElementwiseTask SIGMOID = LoopCopy.unary((x, p, q) -> VectorMath.sigmoid(x));
    private static final ThreadLocal<Chunks> TASK = ThreadLocal.withInitial(Chunks::new);

    private final boolean gradient;

    private BceWithLogitsKernel(boolean gradient) {
        this.gradient = gradient;
    }

    static Kernel<BceWithLogits> loss() {
        return new BceWithLogitsKernel<>(false);
    }

    static Kernel<BceWithLogitsBackward> gradient() {
        return new BceWithLogitsKernel<>(true);
    }

    @Override
    public boolean strided(O op, int index) {
        return index >= (gradient ? 3 : 2);
    }

    @Override
    public void run(O op, Tensor[] inputs, Tensor[] outputs) {
        int logits = gradient ? 1 : 0;
        Tensor x = inputs[logits];
        boolean dense = true;
        for (int i = logits + 2; i < inputs.length; i++) {
            dense &= isDense(inputs[i], x);
        }
        if (dense) {
            compute(inputs, outputs);
            return;
        }
        try (MemoryScope _ = MemoryScope.open(op.name())) {
            Tensor[] expanded = inputs.clone();
            for (int i = logits + 2; i < inputs.length; i++) {
                expanded[i] = inputs[i].expand(x.shape().dims()).contiguous();
            }
            compute(expanded, outputs);
        }
    }

    private static boolean isDense(Tensor weights, Tensor x) {
        return weights.isContiguous() && weights.shape().equals(x.shape());
    }

    private void compute(Tensor[] inputs, Tensor[] outputs) {
        int logits = gradient ? 1 : 0;
        Tensor x = inputs[logits];
        Chunks task = TASK.get();
        task.gradient = gradient;
        task.x = x.address();
        task.t = inputs[logits + 1].address();
        task.w = inputs.length > logits + 2 ? inputs[logits + 2].address() : 0;
        task.p = inputs.length > logits + 3 ? inputs[logits + 3].address() : 0;
        task.out = outputs[0].address();
        task.scale = gradient ? (float) (Memory.f32(inputs[0].address()) / (double) x.size()) : 0;
        double sum = task.run(Math.toIntExact(x.size()), CHUNK);
        if (!gradient) {
            Memory.f32(outputs[0].address(), (float) (sum / x.size()));
        }
    }

    private static final class Chunks extends ChunkSum {
        private boolean gradient;
        private long x;
        private long t;
        private long w;
        private long p;
        private long out;
        private float scale;

        @Override
        double sum(int from, int to, Scratch scratch) {
            int count = to - from;
            int padded = CrossEntropyKernel.padded(count);
            long logits = load(x, from, count, scratch.memory(0, 4 * CHUNK), 0);
            long targets = load(t, from, count, scratch.memory(1, 4 * CHUNK), 0);
            long weights = load(w, from, count, scratch.memory(2, 4 * CHUNK), 1);
            long positives = load(p, from, count, scratch.memory(3, 4 * CHUNK), 1);
            long buffer = scratch.memory(4, 4 * CHUNK);
            if (gradient) {
                SIGMOID.over(logits, 0, buffer, padded);
                slopes(buffer, targets, weights, positives, padded, scale);
                Memory.copy(buffer, out + 4L * from, 4L * count);
                return 0;
            }
            SOFTPLUS.over(logits, 0, buffer, padded);
            return losses(buffer, logits, targets, weights, positives, padded);
        }

        /**
         * Copies a chunk, padded with 0; where there is no operand, fills with a value. What is padded weighs nothing.
         */
        private static long load(long source, int from, int count, long buffer, float value) {
            if (source == 0) {
                for (int i = 0; i < count; i++) {
                    Memory.f32(buffer + 4L * i, value);
                }
                CrossEntropyKernel.pad(buffer, count, buffer, 0);
            } else {
                CrossEntropyKernel.pad(source + 4L * from, count, buffer, 0);
            }
            return buffer;
        }

        private static void slopes(long s, long t, long w, long p, int count, float scale) {
            FloatVector one = FloatVector.broadcast(S, 1f);
            for (int i = 0; i < count; i += S.length()) {
                FloatVector sigmoid = FloatVector.fromMemorySegment(S, Memory.ALL, s + 4L * i, Memory.ORDER);
                FloatVector target = FloatVector.fromMemorySegment(S, Memory.ALL, t + 4L * i, Memory.ORDER);
                FloatVector positive = FloatVector.fromMemorySegment(S, Memory.ALL, p + 4L * i, Memory.ORDER).mul(target);
                FloatVector slope = one.sub(target).mul(sigmoid).sub(positive.mul(one.sub(sigmoid)));
                slope.mul(FloatVector.fromMemorySegment(S, Memory.ALL, w + 4L * i, Memory.ORDER)).mul(scale)
                        .intoMemorySegment(Memory.ALL, s + 4L * i, Memory.ORDER);
            }
        }

        private static float losses(long s, long x, long t, long w, long p, int count) {
            FloatVector one = FloatVector.broadcast(S, 1f);
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0; i < count; i += S.length()) {
                FloatVector softplus = FloatVector.fromMemorySegment(S, Memory.ALL, s + 4L * i, Memory.ORDER);
                FloatVector target = FloatVector.fromMemorySegment(S, Memory.ALL, t + 4L * i, Memory.ORDER);
                FloatVector excess = FloatVector.fromMemorySegment(S, Memory.ALL, p + 4L * i, Memory.ORDER).sub(one);
                FloatVector negative = FloatVector.fromMemorySegment(S, Memory.ALL, x + 4L * i, Memory.ORDER)
                        .mul(one.sub(target));
                FloatVector loss = excess.fma(target, one).fma(softplus, negative);
                sum = loss.fma(FloatVector.fromMemorySegment(S, Memory.ALL, w + 4L * i, Memory.ORDER), sum);
            }
            return VectorMath.sum(sum);
        }
    }
}
