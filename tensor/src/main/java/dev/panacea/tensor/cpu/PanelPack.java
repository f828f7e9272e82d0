package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Moves rows that lie anywhere in memory into scratch buffers and back, in the forms {@link PanelProduct} reads. A list
 * of row addresses says where, so strided views, heads of a packed tensor and shifted windows are all read in place.
 * {@code step} is the distance in bytes between two elements of a row; 4 is dense.
 */
final class PanelPack {
    private static final VectorSpecies<Float> S = PanelProduct.S;
    private static final int LANES = PanelProduct.LANES;

    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;
    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(FOUR, 0);  // a0 b0 a1 b1
    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(FOUR, 1); // a2 b2 a3 b3

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

    /** Rows {@code first}.., {@code plus} bytes on, as a row-major matrix [rows, width] of row stride {@code toRow}. */
    static void rows(long[] address, long plus, int first, int rows, long step, int width, float scale, float[] to,
            int toRow) {
        for (int row = 0; row < rows; row++) {
            load(address[first + row] + plus, step, width, scale, to, row * toRow);
        }
    }

    /** Rows {@code first}.., {@code plus} bytes on, as panels of B [rows, width]; columns beyond it are undefined. */
    static void panels(long[] address, long plus, int first, int rows, long step, int width, float scale, float[] to) {
        int padded = PanelProduct.padColumns(width);
        for (int column = 0; column < width; column += 2 * LANES) {
            int wide = Math.min(2 * LANES, padded - column);
            int count = Math.min(wide, width - column);
            int at = column * rows;
            for (int row = 0; row < rows; row++) {
                load(address[first + row] + plus + column * step, step, count, scale, to, at + row * wide);
            }
        }
    }

    /**
     * A row-major matrix [rows, width] as panels of the transposed matrix B [width, rows]; columns beyond the rows are
     * zeros. The matrix must be writable up to the next multiple of four rows.
     */
    static void transposed(float[] from, int rows, int width, float[] to) {
        int padded = PanelProduct.padColumns(rows);
        if (padded > rows) {
            Arrays.fill(from, rows * width, PanelProduct.padRows(rows) * width, 0);
            blank(to, padded, width);
        }
        for (int column = 0; column < rows; column += 4) {
            int panel = column / (2 * LANES) * (2 * LANES);
            int wide = Math.min(2 * LANES, padded - panel);
            columns(from, column * width, width, to, panel * width + column - panel, wide);
        }
    }

    /** Four rows become four columns, four by four elements at a time. */
    private static void columns(float[] from, int at, int width, float[] to, int toAt, int wide) {
        int i = 0;
        int put = toAt;
        for (; i <= width - 4; i += 4) {
            FloatVector r0 = FloatVector.fromArray(FOUR, from, at + i);
            FloatVector r1 = FloatVector.fromArray(FOUR, from, at + width + i);
            FloatVector r2 = FloatVector.fromArray(FOUR, from, at + 2 * width + i);
            FloatVector r3 = FloatVector.fromArray(FOUR, from, at + 3 * width + i);
            FloatVector even = r0.rearrange(LOW, r2);
            FloatVector odd = r1.rearrange(LOW, r3);
            even.rearrange(LOW, odd).intoArray(to, put);
            even.rearrange(HIGH, odd).intoArray(to, put + wide);
            even = r0.rearrange(HIGH, r2);
            odd = r1.rearrange(HIGH, r3);
            even.rearrange(LOW, odd).intoArray(to, put + 2 * wide);
            even.rearrange(HIGH, odd).intoArray(to, put + 3 * wide);
            put += 4 * wide;
        }
        for (; i < width; i++) {
            for (int row = 0; row < 4; row++) {
                to[toAt + i * wide + row] = from[at + row * width + i];
            }
        }
    }

    /** Zeros in the last vector of every panel row. */
    private static void blank(float[] to, int padded, int depth) {
        int panel = (padded - 1) / (2 * LANES) * (2 * LANES);
        int wide = padded - panel;
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0, at = panel * depth + wide - LANES; i < depth; i++, at += wide) {
            zero.intoArray(to, at);
        }
    }
}
