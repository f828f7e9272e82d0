package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The loop of two operands. Every function has a copy of this class, see {@link LoopCopy}. */
final class BinaryLoop extends ElementwiseTask {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final VectorFunction.Binary FUNCTION = LoopCopy.function();

    BinaryLoop() {
        super(4, 4, 0, 4);
    }

    @Override
    void vectors(long a, long b, long c, long out, long count) {
        float first = p;
        float second = q;
        long left = a;
        long right = b;
        long leftStep = stepA;
        long rightStep = stepB;
        long y = out;
        for (long i = 0; i < count; i++) {
            FUNCTION.apply(FloatVector.fromMemorySegment(S, Memory.ALL, left, Memory.ORDER),
                            FloatVector.fromMemorySegment(S, Memory.ALL, right, Memory.ORDER), first, second)
                    .intoMemorySegment(Memory.ALL, y, Memory.ORDER);
            left += leftStep;
            right += rightStep;
            y += 4L * S.length();
        }
    }
}
