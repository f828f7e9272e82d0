package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Mse;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Mean squared difference, in chunks. */
final class MseKernel implements Kernel<Mse> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final ThreadLocal<Chunks> TASK = ThreadLocal.withInitial(Chunks::new);

    @Override
    public void run(Mse op, Tensor[] inputs, Tensor[] outputs) {
        Chunks task = TASK.get();
        task.a = inputs[0].address();
        task.b = inputs[1].address();
        double sum = task.run(Math.toIntExact(inputs[0].size()), 4096);
        Memory.f32(outputs[0].address(), (float) (sum / inputs[0].size()));
    }

    private static final class Chunks extends ChunkSum {
        private long a;
        private long b;

        @Override
        double sum(int from, int to, Scratch scratch) {
            FloatVector sum = FloatVector.zero(S);
            int i = from;
            for (; i + S.length() <= to; i += S.length()) {
                FloatVector difference = FloatVector.fromMemorySegment(S, Memory.ALL, a + 4L * i, Memory.ORDER)
                        .sub(FloatVector.fromMemorySegment(S, Memory.ALL, b + 4L * i, Memory.ORDER));
                sum = difference.fma(difference, sum);
            }
            if (i < to) {
                VectorMask<Float> rest = S.indexInRange(i, to);
                FloatVector difference = FloatVector.fromMemorySegment(S, Memory.ALL, a + 4L * i, Memory.ORDER, rest)
                        .sub(FloatVector.fromMemorySegment(S, Memory.ALL, b + 4L * i, Memory.ORDER, rest));
                sum = difference.fma(difference, sum);
            }
            return VectorMath.sum(sum);
        }
    }
}
