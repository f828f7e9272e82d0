package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The loop of one operand. Every function has a copy of this class, see {@link LoopCopy}. */
final class UnaryLoop extends ElementwiseTask {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final VectorFunction.Unary FUNCTION = LoopCopy.function();

    UnaryLoop() {
        super(4, 0, 0, 4);
    }

    @Override
    void vectors(long a, long b, long c, long out, long count) {
        float first = p;
        float second = q;
        long step = stepA;
        long x = a;
        long y = out;
        for (long i = 0; i < count; i++) {
            FUNCTION.apply(FloatVector.fromMemorySegment(S, Memory.ALL, x, Memory.ORDER), first, second)
                    .intoMemorySegment(Memory.ALL, y, Memory.ORDER);
            x += step;
            y += 4L * S.length();
        }
    }
}
