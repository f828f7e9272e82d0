package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Moves rows that lie anywhere in memory into scratch buffers and back, in the forms {@link PanelProduct} reads. A list
 * of row addresses says where, so strided views, heads of a packed tensor and shifted windows are all read in place.
 * {@code step} is the distance in bytes between two elements of a row; 4 is dense.
 */
final class PanelPack {
    private static final VectorSpecies<Float> S = PanelProduct.S;
    private static final int LANES = PanelProduct.LANES;

    private PanelPack() {}

    /** {@code to[at + i] = scale · element i}. */
    static void load(long address, long step, int count, float scale, float[] to, int at) {
        int i = 0;
        if (step == 4) {
            FloatVector factor = FloatVector.broadcast(S, scale);
            for (; i <= count - LANES; i += LANES) {
                FloatVector.fromMemorySegment(S, Memory.ALL, address + 4L * i, Memory.ORDER).mul(factor)
                        .intoArray(to, at + i);
            }
        }
        for (; i < count; i++) {
            to[at + i] = Memory.f32(address + i * step) * scale;
        }
    }

    /** Dense element i becomes {@code scale · from[at + i]}. */
    static void store(float[] from, int at, int count, float scale, long address) {
        FloatVector factor = FloatVector.broadcast(S, scale);
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector.fromArray(S, from, at + i).mul(factor)
                    .intoMemorySegment(Memory.ALL, address + 4L * i, Memory.ORDER);
        }
        for (; i < count; i++) {
            Memory.f32(address + 4L * i, from[at + i] * scale);
        }
    }

    /** Rows {@code first}.. as a row-major matrix [rows, width] of row stride {@code toRow}. */
    static void rows(long[] address, int first, int rows, long step, int width, float scale, float[] to, int toRow) {
        for (int row = 0; row < rows; row++) {
            load(address[first + row], step, width, scale, to, row * toRow);
        }
    }

    /** Rows {@code first}.. as panels of B [rows, width]; columns beyond the width are undefined. */
    static void panels(long[] address, int first, int rows, long step, int width, float scale, float[] to) {
        int padded = PanelProduct.padColumns(width);
        for (int column = 0; column < width; column += 2 * LANES) {
            int wide = Math.min(2 * LANES, padded - column);
            int count = Math.min(wide, width - column);
            int at = column * rows;
            for (int row = 0; row < rows; row++) {
                load(address[first + row] + column * step, step, count, scale, to, at + row * wide);
            }
        }
    }

    /**
     * A row-major matrix [rows, width] as panels of the transposed matrix B [width, rows]; columns beyond the rows are
     * zeros. The matrix must be readable up to the next multiple of four rows.
     */
    static void transposed(float[] from, int rows, int width, float[] to) {
        int padded = PanelProduct.padColumns(rows);
        for (int column = 0; column < padded; column += 4) {
            int panel = column / (2 * LANES) * (2 * LANES);
            int wide = Math.min(2 * LANES, padded - panel);
            int at = panel * width + column - panel;
            if (column < rows && wide == LANES) {
                columns(from, column * width, width, to, at);
            } else if (column < rows) {
                columns2(from, column * width, width, to, at);
            }
            for (int blank = Math.max(column, rows); blank < column + 4; blank++) {
                blank(to, at + blank - column, width, wide);
            }
        }
    }

    /** Four rows become four columns of a panel of one vector. Constant strides spare the loop its bounds checks. */
    private static void columns(float[] from, int at, int width, float[] to, int toAt) {
        for (int i = 0; i < width; i++) {
            to[toAt + i * LANES] = from[at + i];
            to[toAt + i * LANES + 1] = from[at + width + i];
            to[toAt + i * LANES + 2] = from[at + 2 * width + i];
            to[toAt + i * LANES + 3] = from[at + 3 * width + i];
        }
    }

    /** The same for a panel of two vectors. */
    private static void columns2(float[] from, int at, int width, float[] to, int toAt) {
        for (int i = 0; i < width; i++) {
            to[toAt + i * 2 * LANES] = from[at + i];
            to[toAt + i * 2 * LANES + 1] = from[at + width + i];
            to[toAt + i * 2 * LANES + 2] = from[at + 2 * width + i];
            to[toAt + i * 2 * LANES + 3] = from[at + 3 * width + i];
        }
    }

    private static void blank(float[] to, int at, int count, int step) {
        for (int i = 0; i < count; i++) {
            to[at + i * step] = 0;
        }
    }
}
