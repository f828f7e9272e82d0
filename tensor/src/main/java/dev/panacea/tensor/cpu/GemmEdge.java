package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** What happens to a block of C before and after its products, where the tiles do not do it by themselves. */
final class GemmEdge {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final long STEP = (long) LANES * Float.BYTES;
    private static final ElementwiseTask GELU = LoopCopy.unary((x, p, q) -> VectorMath.gelu(x));

    private GemmEdge() {}

    /** Sets every row of C to that of {@code from} plus the bias. */
    static void sum(long c, long rowStep, long from, long fromStep, long bias, int height, int width) {
        VectorMask<Float> rest = S.indexInRange(0, width % LANES);
        for (int row = 0; row < height; row++) {
            long at = c + row * rowStep;
            long left = from + row * fromStep;
            long right = bias;
            int i = 0;
            for (; i + LANES <= width; i += LANES, at += STEP, left += STEP, right += STEP) {
                FloatVector.fromMemorySegment(S, Memory.ALL, left, Memory.ORDER)
                        .add(FloatVector.fromMemorySegment(S, Memory.ALL, right, Memory.ORDER))
                        .intoMemorySegment(Memory.ALL, at, Memory.ORDER);
            }
            if (i < width) {
                FloatVector.fromMemorySegment(S, Memory.ALL, left, Memory.ORDER, rest)
                        .add(FloatVector.fromMemorySegment(S, Memory.ALL, right, Memory.ORDER, rest))
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
