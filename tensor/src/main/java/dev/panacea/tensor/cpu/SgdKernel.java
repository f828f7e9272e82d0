package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Sgd;
import jdk.incubator.vector.FloatVector;

/** Parameters, gradients and velocities are read once, and the new ones written. */
final class SgdKernel implements Kernel<Sgd> {
    private static final ThreadLocal<Loop> TASK = ThreadLocal.withInitial(Loop::new);

    @Override
    public void run(Sgd op, Tensor[] inputs, Tensor[] outputs) {
        Loop task = TASK.get();
        task.decay = (float) op.weightDecay();
        task.momentum = (float) op.momentum();
        task.ahead = (float) (-op.learningRate() * (op.nesterov() ? op.momentum() : 1));
        task.now = (float) (op.nesterov() ? -op.learningRate() : 0);
        task.run(inputs, 1, outputs);
    }

    private static final class Loop extends UpdateTask {
        private float decay;
        private float momentum;
        private float ahead; // -lr by the new velocity
        private float now;   // -lr by the gradient

        Loop() {
            super(3, 2);
        }

        @Override
        void vectors(float scale, long a, long b, long c, long d, long x, long y, long z, long count) {
            FloatVector vectorDecay = broadcast(FLOATS, decay);
            FloatVector vectorScale = broadcast(FLOATS, scale);
            FloatVector vectorMomentum = broadcast(FLOATS, momentum);
            FloatVector vectorAhead = broadcast(FLOATS, ahead);
            FloatVector vectorNow = broadcast(FLOATS, now);
            long end = 4 * LANES * count;
            for (long at = 0; at < end; at += 4 * LANES) {
                FloatVector p = fromMemorySegment(FLOATS, ALL, a + at, ORDER);
                FloatVector g = fromMemorySegment(FLOATS, ALL, b + at, ORDER).fma(vectorScale, p.mul(vectorDecay));
                FloatVector m = fromMemorySegment(FLOATS, ALL, c + at, ORDER).fma(vectorMomentum, g);
                m.fma(vectorAhead, g.fma(vectorNow, p)).intoMemorySegment(ALL, x + at, ORDER);
                m.intoMemorySegment(ALL, y + at, ORDER);
            }
        }
    }
}
