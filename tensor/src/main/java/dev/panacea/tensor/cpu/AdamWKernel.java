package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.AdamW;
import jdk.incubator.vector.FloatVector;

/** All parameters, gradients and moments are read once, and the new ones written. */
final class AdamWKernel implements Kernel<AdamW> {
    private static final ThreadLocal<Loop> TASK = ThreadLocal.withInitial(Loop::new);

    @Override
    public void run(AdamW op, Tensor[] inputs, Tensor[] outputs) {
        Loop task = TASK.get();
        task.decay = (float) (1 - op.learningRate() * op.weightDecay());
        task.keepM = (float) op.beta1();
        task.addM = (float) (1 - op.beta1());
        task.keepV = (float) op.beta2();
        task.addV = (float) (1 - op.beta2());
        task.root = (float) (1 / Math.sqrt(op.correction2()));
        task.epsilon = (float) op.epsilon();
        task.step = (float) (-op.learningRate() / op.correction1());
        task.run(inputs, 1, outputs);
    }

    private static final class Loop extends UpdateTask {
        private float decay;
        private float keepM;
        private float addM;
        private float keepV;
        private float addV;
        private float root;    // 1 / √(1 - β₂^t)
        private float epsilon;
        private float step;    // -lr / (1 - β₁^t)

        Loop() {
            super(4, 3);
        }

        @Override
        void vectors(float scale, long a, long b, long c, long d, long x, long y, long z, long count) {
            FloatVector vectorKeepM = broadcast(FLOATS, keepM);
            FloatVector vectorKeepV = broadcast(FLOATS, keepV);
            FloatVector vectorRoot = broadcast(FLOATS, root);
            FloatVector vectorEpsilon = broadcast(FLOATS, epsilon);
            FloatVector vectorStep = broadcast(FLOATS, step);
            long end = 4 * LANES * count;
            for (long at = 0; at < end; at += 4 * LANES) {
                FloatVector g = fromMemorySegment(FLOATS, ALL, b + at, ORDER).mul(scale);
                FloatVector m = fromMemorySegment(FLOATS, ALL, c + at, ORDER).fma(vectorKeepM, g.mul(addM));
                FloatVector v = fromMemorySegment(FLOATS, ALL, d + at, ORDER).fma(vectorKeepV, g.mul(g).mul(addV));
                FloatVector p = fromMemorySegment(FLOATS, ALL, a + at, ORDER).mul(decay);
                p = m.div(v.sqrt().fma(vectorRoot, vectorEpsilon)).fma(vectorStep, p);
                p.intoMemorySegment(ALL, x + at, ORDER);
                m.intoMemorySegment(ALL, y + at, ORDER);
                v.intoMemorySegment(ALL, z + at, ORDER);
            }
        }
    }
}
