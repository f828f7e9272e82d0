package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Blend;
import jdk.incubator.vector.FloatVector;

/** Both tensors of each pair are read once, and the sum written. */
final class BlendKernel implements Kernel<Blend> {
    private static final ThreadLocal<Loop> TASK = ThreadLocal.withInitial(Loop::new);

    @Override
    public void run(Blend op, Tensor[] inputs, Tensor[] outputs) {
        Loop task = TASK.get();
        task.keep = (float) op.keep();
        task.add = (float) op.add();
        task.run(inputs, 0, outputs);
    }

    private static final class Loop extends UpdateTask {
        private float keep;
        private float add;

        Loop() {
            super(2, 1);
        }

        @Override
        void vectors(float scale, long a, long b, long c, long d, long x, long y, long z, long count) {
            FloatVector vectorKeep = broadcast(FLOATS, keep);
            long end = 4 * LANES * count;
            if (keep == 0) {
                for (long at = 0; at < end; at += 4 * LANES) {
                    fromMemorySegment(FLOATS, ALL, b + at, ORDER).mul(add).intoMemorySegment(ALL, x + at, ORDER);
                }
                return;
            }
            for (long at = 0; at < end; at += 4 * LANES) {
                fromMemorySegment(FLOATS, ALL, a + at, ORDER)
                        .fma(vectorKeep, fromMemorySegment(FLOATS, ALL, b + at, ORDER).mul(add))
                        .intoMemorySegment(ALL, x + at, ORDER);
            }
        }
    }
}
