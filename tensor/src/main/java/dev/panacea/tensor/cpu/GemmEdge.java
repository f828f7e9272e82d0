package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** What happens to a block of C before and after its products: zero, bias, GELU. */
final class GemmEdge {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();

    private GemmEdge() {}

    static void zero(long c, long rowStep, int height, int width) {
        for (int row = 0; row < height; row++) {
            Memory.fill(c + row * rowStep, (long) width * Float.BYTES, (byte) 0);
        }
    }

    static void bias(long c, long rowStep, long bias, int height, int width, boolean add) {
        for (int row = 0; row < height; row++) {
            if (add) {
                add(c + row * rowStep, bias, width);
            } else {
                Memory.copy(bias, c + row * rowStep, (long) width * Float.BYTES);
            }
        }
    }

    private static void add(long c, long bias, int width) {
        int i = 0;
        for (; i + LANES <= width; i += LANES) {
            long at = (long) i * Float.BYTES;
            FloatVector.fromMemorySegment(S, Memory.ALL, c + at, Memory.ORDER)
                    .add(FloatVector.fromMemorySegment(S, Memory.ALL, bias + at, Memory.ORDER))
                    .intoMemorySegment(Memory.ALL, c + at, Memory.ORDER);
        }
        for (; i < width; i++) {
            long at = (long) i * Float.BYTES;
            Memory.f32(c + at, Memory.f32(c + at) + Memory.f32(bias + at));
        }
    }

    /** GELU of one row in place; the values before it go to {@code store}, unless that is 0. */
    static void gelu(long c, long store, int width) {
        if (store != 0) {
            Memory.copy(c, store, (long) width * Float.BYTES);
        }
        int i = 0;
        for (; i + LANES <= width; i += LANES) {
            long at = c + (long) i * Float.BYTES;
            VectorMath.gelu(FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER))
                    .intoMemorySegment(Memory.ALL, at, Memory.ORDER);
        }
        if (i < width) {
            long at = c + (long) i * Float.BYTES;
            VectorMask<Float> rest = S.indexInRange(0, width - i);
            VectorMath.gelu(FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER, rest))
                    .intoMemorySegment(Memory.ALL, at, Memory.ORDER, rest);
        }
    }
}
