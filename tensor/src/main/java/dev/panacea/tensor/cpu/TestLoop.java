package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The loop of a comparison: bytes of 0 and 1. Every function has a copy of this class, see {@link LoopCopy}. */
final class TestLoop extends ElementwiseTask {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final VectorFunction.Test FUNCTION = LoopCopy.function();

    TestLoop() {
        super(4, 4, 0, 1);
    }

    @Override
    void vectors(long a, long b, long c, long out, long count) {
        long left = a;
        long right = b;
        long leftStep = stepA;
        long rightStep = stepB;
        long y = out;
        for (long i = 0; i < count; i++) {
            long bits = FUNCTION.apply(FloatVector.fromMemorySegment(S, Memory.ALL, left, Memory.ORDER),
                    FloatVector.fromMemorySegment(S, Memory.ALL, right, Memory.ORDER)).toLong();
            MaskBytes.write(y, bits);
            left += leftStep;
            right += rightStep;
            y += S.length();
        }
    }
}
