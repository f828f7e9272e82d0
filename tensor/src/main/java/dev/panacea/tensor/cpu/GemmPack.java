package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
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
    private static final int STRIP = 64; // K of one strip of a transposing copy: both sides stay in the first cache

    private GemmPack() {}

    /**
     * Packs from {@code source} with strides in bytes; the panel of column j starts at {@code at + j * depth}.
     *
     * @param between start of {@link GemmTranspose#BETWEEN} floats of {@code panels} to work in
     */
    static void pack(long source, long rowStep, long columnStep, int depth, int width, float[] panels, int at,
            int between) {
        int column = 0;
        while (column < width) {
            int panel = width - column >= GemmTile.WIDE ? 2 * NARROW : NARROW;
            int filled = Math.min(panel, width - column);
            long from = source + column * columnStep;
            if (columnStep != Float.BYTES) {
                transpose(from, rowStep, columnStep, depth, filled, panel, panels, at + column * depth, between);
            } else if (filled == 2 * NARROW) {
                wide(from, rowStep, depth, panels, at + column * depth);
            } else {
                narrow(from, rowStep, depth, filled, panels, at + column * depth);
            }
            column += panel;
        }
    }

    /** Copies rows of {@code width} floats from {@code step} bytes apart to {@code targetStep} bytes apart. */
    static void copy(long from, long step, int rows, int width, long target, long targetStep) {
        VectorMask<Float> rest = S.indexInRange(0, width % LANES);
        for (int row = 0; row < rows; row++, from += step, target += targetStep) {
            int i = 0;
            long at = 0;
            for (; i + LANES <= width; i += LANES, at += STEP) {
                FloatVector.fromMemorySegment(S, Memory.ALL, from + at, Memory.ORDER)
                        .intoMemorySegment(Memory.ALL, target + at, Memory.ORDER);
            }
            if (i < width) {
                FloatVector.fromMemorySegment(S, Memory.ALL, from + at, Memory.ORDER, rest)
                        .intoMemorySegment(Memory.ALL, target + at, Memory.ORDER, rest);
            }
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

    /** Copies any strides: square blocks where K lies side by side, four columns at a time at the edges. */
    private static void transpose(long from, long rowStep, long columnStep, int depth, int width, int panel,
            float[] panels, int at, int between) {
        int blocked = rowStep == Float.BYTES && LANES > 4 ? depth / LANES * LANES : 0; // 4 lanes gain nothing
        int column = 0;
        for (; column + LANES <= width && blocked > 0; column += LANES) {
            for (int k = 0; k < blocked; k += LANES) {
                GemmTranspose.block(from + k * rowStep + column * columnStep, columnStep, panels,
                        at + k * panel + column, panel, between);
            }
        }
        edge(from + blocked * rowStep, rowStep, columnStep, depth - blocked, column, panel, panels,
                at + blocked * panel);
        long rest = from + column * columnStep;
        edge(rest, rowStep, columnStep, depth, width - column, panel, panels, at + column);
        for (int j = width; j < panel; j++) {
            for (int k = 0; k < depth; k++) {
                panels[at + k * panel + j] = 0f;
            }
        }
    }

    /** Copies strip by strip, so that both sides stay in the first cache. */
    private static void edge(long from, long rowStep, long columnStep, int depth, int width, int panel, float[] panels,
            int at) {
        for (int top = 0; top < depth; top += STRIP) {
            int height = Math.min(STRIP, depth - top);
            int start = at + top * panel;
            long source = from + top * rowStep;
            int j = 0;
            for (; j + 4 <= width; j += 4) {
                four(source + j * columnStep, rowStep, columnStep, height, panel, panels, start + j);
            }
            for (; j < width; j++) {
                long column = source + j * columnStep;
                for (int k = 0; k < height; k++) {
                    panels[start + k * panel + j] = Memory.f32(column + k * rowStep);
                }
            }
        }
    }

    private static void four(long a, long rowStep, long columnStep, int height, int panel, float[] panels, int at) {
        long b = a + columnStep;
        long c = b + columnStep;
        long d = c + columnStep;
        long offset = 0;
        for (int k = 0, p = at; k < height; k++, p += panel, offset += rowStep) {
            panels[p] = Memory.f32(a + offset);
            panels[p + 1] = Memory.f32(b + offset);
            panels[p + 2] = Memory.f32(c + offset);
            panels[p + 3] = Memory.f32(d + offset);
        }
    }
}
