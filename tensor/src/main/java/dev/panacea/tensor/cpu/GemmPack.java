package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Packs a block of B [depth, width] into panels that {@link GemmTile} reads front to back: panels of {@code 2 · NARROW}
 * columns while they last, then of {@code NARROW}, the last one filled up with zeros.
 */
final class GemmPack {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final long STEP = (long) LANES * Float.BYTES;
    private static final int NARROW = GemmTile.NARROW;
    private static final int STRIP = 16; // K of one strip of a transposing copy: one cache line of each row

    private GemmPack() {}

    /** Packs from {@code source} with strides in bytes; column j starts at {@code j * depth} of its panel's block. */
    static void pack(long source, long rowStep, long columnStep, int depth, int width, float[] panels) {
        int column = 0;
        while (column < width) {
            int panel = column + 2 * NARROW <= width ? 2 * NARROW : NARROW;
            int filled = Math.min(panel, width - column);
            long from = source + column * columnStep;
            if (columnStep != Float.BYTES) {
                transpose(from, rowStep, columnStep, depth, filled, panel, panels, column * depth);
            } else if (filled == 2 * NARROW) {
                wide(from, rowStep, depth, panels, column * depth);
            } else {
                narrow(from, rowStep, depth, filled, panels, column * depth);
            }
            column += panel;
        }
    }

    private static void wide(long from, long rowStep, int depth, float[] panels, int at) {
        for (int k = 0, p = at; k < depth; k++, p += 2 * NARROW, from += rowStep) {
            FloatVector.fromMemorySegment(S, Memory.ALL, from, Memory.ORDER).intoArray(panels, p);
            FloatVector.fromMemorySegment(S, Memory.ALL, from + STEP, Memory.ORDER).intoArray(panels, p + LANES);
            FloatVector.fromMemorySegment(S, Memory.ALL, from + 2 * STEP, Memory.ORDER)
                    .intoArray(panels, p + 2 * LANES);
            FloatVector.fromMemorySegment(S, Memory.ALL, from + 3 * STEP, Memory.ORDER)
                    .intoArray(panels, p + 3 * LANES);
        }
    }

    private static void narrow(long from, long rowStep, int depth, int width, float[] panels, int at) {
        VectorMask<Float> in0 = S.indexInRange(0, width);
        VectorMask<Float> in1 = S.indexInRange(LANES, Math.max(LANES, width));
        for (int k = 0, p = at; k < depth; k++, p += NARROW, from += rowStep) {
            FloatVector.fromMemorySegment(S, Memory.ALL, from, Memory.ORDER, in0).intoArray(panels, p);
            FloatVector.fromMemorySegment(S, Memory.ALL, from + STEP, Memory.ORDER, in1).intoArray(panels, p + LANES);
        }
    }

    /** Copies any strides, strip by strip, so that both sides stay in the first cache. */
    private static void transpose(long from, long rowStep, long columnStep, int depth, int width, int panel,
            float[] panels, int at) {
        for (int top = 0; top < depth; top += STRIP) {
            int end = Math.min(depth, top + STRIP);
            for (int j = 0; j < width; j++) {
                long source = from + top * rowStep + j * columnStep;
                for (int p = at + top * panel + j; p < at + end * panel; p += panel, source += rowStep) {
                    panels[p] = Memory.f32(source);
                }
            }
            for (int k = top; width < panel && k < end; k++) {
                Arrays.fill(panels, at + k * panel + width, at + (k + 1) * panel, 0f);
            }
        }
    }
}
