package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Lion;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Parameters, gradients and moments are read once, and the new ones written. */
final class LionKernel implements Kernel<Lion> {
    private static final ThreadLocal<Loop> TASK = ThreadLocal.withInitial(Loop::new);

    @Override
    public void run(Lion op, Tensor[] inputs, Tensor[] outputs) {
        Loop task = TASK.get();
        task.decay = (float) (1 - op.learningRate() * op.weightDecay());
        task.rate = (float) op.learningRate();
        task.keepNow = (float) op.beta1();
        task.addNow = (float) (1 - op.beta1());
        task.keep = (float) op.beta2();
        task.add = (float) (1 - op.beta2());
        task.run(inputs, 1, outputs);
    }

    private static final class Loop extends UpdateTask {
        private float decay;
        private float rate;
        private float keepNow;
        private float addNow;
        private float keep;
        private float add;

        Loop() {
            super(3, 2);
        }

        @Override
        void vectors(float scale, long a, long b, long c, long d, long x, long y, long z, long count) {
            FloatVector vectorKeepNow = broadcast(FLOATS, keepNow);
            FloatVector vectorKeep = broadcast(FLOATS, keep);
            FloatVector zero = FloatVector.zero(FLOATS);
            long end = 4 * LANES * count;
            for (long at = 0; at < end; at += 4 * LANES) {
                FloatVector g = fromMemorySegment(FLOATS, ALL, b + at, ORDER).mul(scale);
                FloatVector m = fromMemorySegment(FLOATS, ALL, c + at, ORDER);
                FloatVector direction = m.fma(vectorKeepNow, g.mul(addNow));
                FloatVector move = zero.blend(rate, direction.compare(VectorOperators.GT, zero))
                        .blend(-rate, direction.compare(VectorOperators.LT, zero));
                FloatVector p = fromMemorySegment(FLOATS, ALL, a + at, ORDER).mul(decay).sub(move);
                p.intoMemorySegment(ALL, x + at, ORDER);
                m.fma(vectorKeep, g.mul(add)).intoMemorySegment(ALL, y + at, ORDER);
            }
        }
    }
}
