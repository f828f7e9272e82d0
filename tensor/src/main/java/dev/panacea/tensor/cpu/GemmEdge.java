package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** What happens to a block of C before and after its products: zero, bias, GELU. */
final class GemmEdge {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final long STEP = (long) LANES * Float.BYTES;
    private static final ElementwiseTask GELU = LoopCopy.unary((x, p, q) -> VectorMath.gelu(x));

    private GemmEdge() {}

    static void zero(long c, long rowStep, int height, int width) {
        VectorMask<Float> rest = S.indexInRange(0, width % LANES);
        FloatVector zero = FloatVector.zero(S);
        for (int row = 0; row < height; row++) {
            long at = c + row * rowStep;
            int i = 0;
            for (; i + LANES <= width; i += LANES, at += STEP) {
                zero.intoMemorySegment(Memory.ALL, at, Memory.ORDER);
            }
            if (i < width) {
                zero.intoMemorySegment(Memory.ALL, at, Memory.ORDER, rest);
            }
        }
    }

    /** Sets every row to the bias. */
    static void bias(long c, long rowStep, long bias, int height, int width) {
        VectorMask<Float> rest = S.indexInRange(0, width % LANES);
        for (int row = 0; row < height; row++) {
            long at = c + row * rowStep;
            long from = bias;
            int i = 0;
            for (; i + LANES <= width; i += LANES, at += STEP, from += STEP) {
                FloatVector.fromMemorySegment(S, Memory.ALL, from, Memory.ORDER)
                        .intoMemorySegment(Memory.ALL, at, Memory.ORDER);
            }
            if (i < width) {
                FloatVector.fromMemorySegment(S, Memory.ALL, from, Memory.ORDER, rest)
                        .intoMemorySegment(Memory.ALL, at, Memory.ORDER, rest);
            }
        }
    }

    /** Adds the bias to every row. */
    static void addBias(long c, long rowStep, long bias, int height, int width) {
        VectorMask<Float> rest = S.indexInRange(0, width % LANES);
        for (int row = 0; row < height; row++) {
            long at = c + row * rowStep;
            long from = bias;
            int i = 0;
            for (; i + LANES <= width; i += LANES, at += STEP, from += STEP) {
                FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER)
                        .add(FloatVector.fromMemorySegment(S, Memory.ALL, from, Memory.ORDER))
                        .intoMemorySegment(Memory.ALL, at, Memory.ORDER);
            }
            if (i < width) {
                FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER, rest)
                        .add(FloatVector.fromMemorySegment(S, Memory.ALL, from, Memory.ORDER, rest))
                        .intoMemorySegment(Memory.ALL, at, Memory.ORDER, rest);
            }
        }
    }

    /** GELU of one row from {@code c} to {@code y}, which may be the same; {@code edge} has room for one vector. */
    static void gelu(long c, long y, int width, long edge) {
        int whole = width / LANES * LANES;
        GELU.over(c, 0, y, whole);
        if (whole < width) {
            long rest = (long) (width - whole) * Float.BYTES;
            Memory.copy(c + (long) whole * Float.BYTES, edge, rest);
            GELU.over(edge, 0, edge, LANES);
            Memory.copy(edge, y + (long) whole * Float.BYTES, rest);
        }
    }
}
