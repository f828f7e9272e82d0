package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** The loop of {@code where}: the first operand is a mask of bytes. */
final class SelectLoop extends ElementwiseTask {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

    SelectLoop() {
        super(1, 4, 4, 4);
    }

    @Override
    void vectors(long a, long b, long c, long out, long count) {
        long mask = a;
        long yes = b;
        long no = c;
        long maskStep = stepA;
        long yesStep = stepB;
        long noStep = stepC;
        long y = out;
        for (long i = 0; i < count; i++) {
            FloatVector.fromMemorySegment(S, Memory.ALL, no, Memory.ORDER)
                    .blend(FloatVector.fromMemorySegment(S, Memory.ALL, yes, Memory.ORDER),
                            VectorMask.fromLong(S, MaskBytes.read(mask)))
                    .intoMemorySegment(Memory.ALL, y, Memory.ORDER);
            mask += maskStep;
            yes += yesStep;
            no += noStep;
            y += 4L * S.length();
        }
    }
}
