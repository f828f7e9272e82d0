package dev.panacea.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * C = A·B for small matrices in scratch buffers, as attention needs them inside its tiles.
 *
 * <p>B [depth, columns] is cut into panels of two vectors' width, the last one maybe of one: panel, row, column. A
 * has any strides, so a transposed A costs nothing. C is row-major. Rows are done four at a time: A must be readable
 * and C writable up to the next multiple of four, and C up to the next multiple of the vector length in columns. Every
 * element is one chain of fused multiply-adds in the order of depth, wherever it falls.
 */
final class PanelProduct {
    /** The species of the columns. */
    static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    /** Columns are padded to a multiple of this. */
    static final int LANES = S.length();

    private PanelProduct() {}

    /** Columns with their padding. */
    static int padColumns(int columns) {
        return (columns + LANES - 1) / LANES * LANES;
    }

    /** Rows with their padding. */
    static int padRows(int rows) {
        return rows + 3 & ~3;
    }

    /** Writes C, or adds to it. {@code aRow} and {@code aColumn} are the strides of A, {@code cRow} the one of C. */
    static void multiply(float[] a, int aRow, int aColumn, float[] b, float[] c, int cRow, int rows, int columns,
            int depth, boolean add) {
        int padded = padColumns(columns);
        int column = 0;
        for (; column + 4 * LANES <= padded; column += 4 * LANES) {
            for (int row = 0; row < rows; row += 4) {
                tile4(a, row * aRow, aRow, aColumn, b, column * depth, c, row * cRow + column, cRow, depth, add);
            }
        }
        for (; column + 2 * LANES <= padded; column += 2 * LANES) {
            for (int row = 0; row < rows; row += 4) {
                tile2(a, row * aRow, aRow, aColumn, b, column * depth, c, row * cRow + column, cRow, depth, add);
            }
        }
        for (int row = 0; column < padded && row < rows; row += 4) {
            tile1(a, row * aRow, aRow, aColumn, b, column * depth, c, row * cRow + column, cRow, depth, add);
        }
    }

    /** Four rows, four vectors: two panels, the second {@code depth} rows of two vectors behind the first. */
    private static void tile4(float[] a, int at, int aRow, int aColumn, float[] b, int bAt, float[] c, int cAt,
            int cRow, int depth, boolean add) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = c00;
        FloatVector c02 = c00;
        FloatVector c03 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c12 = c00;
        FloatVector c13 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c22 = c00;
        FloatVector c23 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c32 = c00;
        FloatVector c33 = c00;
        if (add) {
            c00 = FloatVector.fromArray(S, c, cAt);
            c01 = FloatVector.fromArray(S, c, cAt + LANES);
            c02 = FloatVector.fromArray(S, c, cAt + 2 * LANES);
            c03 = FloatVector.fromArray(S, c, cAt + 3 * LANES);
            c10 = FloatVector.fromArray(S, c, cAt + cRow);
            c11 = FloatVector.fromArray(S, c, cAt + cRow + LANES);
            c12 = FloatVector.fromArray(S, c, cAt + cRow + 2 * LANES);
            c13 = FloatVector.fromArray(S, c, cAt + cRow + 3 * LANES);
            c20 = FloatVector.fromArray(S, c, cAt + 2 * cRow);
            c21 = FloatVector.fromArray(S, c, cAt + 2 * cRow + LANES);
            c22 = FloatVector.fromArray(S, c, cAt + 2 * cRow + 2 * LANES);
            c23 = FloatVector.fromArray(S, c, cAt + 2 * cRow + 3 * LANES);
            c30 = FloatVector.fromArray(S, c, cAt + 3 * cRow);
            c31 = FloatVector.fromArray(S, c, cAt + 3 * cRow + LANES);
            c32 = FloatVector.fromArray(S, c, cAt + 3 * cRow + 2 * LANES);
            c33 = FloatVector.fromArray(S, c, cAt + 3 * cRow + 3 * LANES);
        }
        int a0 = at;
        int a1 = a0 + aRow;
        int a2 = a1 + aRow;
        int a3 = a2 + aRow;
        int next = bAt + depth * 2 * LANES;
        for (int p = bAt, q = next; p < next; p += 2 * LANES, q += 2 * LANES) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + LANES);
            FloatVector b2 = FloatVector.fromArray(S, b, q);
            FloatVector b3 = FloatVector.fromArray(S, b, q + LANES);
            FloatVector x = FloatVector.broadcast(S, a[a0]);
            c00 = b0.fma(x, c00);
            c01 = b1.fma(x, c01);
            c02 = b2.fma(x, c02);
            c03 = b3.fma(x, c03);
            a0 += aColumn;
            x = FloatVector.broadcast(S, a[a1]);
            c10 = b0.fma(x, c10);
            c11 = b1.fma(x, c11);
            c12 = b2.fma(x, c12);
            c13 = b3.fma(x, c13);
            a1 += aColumn;
            x = FloatVector.broadcast(S, a[a2]);
            c20 = b0.fma(x, c20);
            c21 = b1.fma(x, c21);
            c22 = b2.fma(x, c22);
            c23 = b3.fma(x, c23);
            a2 += aColumn;
            x = FloatVector.broadcast(S, a[a3]);
            c30 = b0.fma(x, c30);
            c31 = b1.fma(x, c31);
            c32 = b2.fma(x, c32);
            c33 = b3.fma(x, c33);
            a3 += aColumn;
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + LANES);
        c02.intoArray(c, cAt + 2 * LANES);
        c03.intoArray(c, cAt + 3 * LANES);
        c10.intoArray(c, cAt + cRow);
        c11.intoArray(c, cAt + cRow + LANES);
        c12.intoArray(c, cAt + cRow + 2 * LANES);
        c13.intoArray(c, cAt + cRow + 3 * LANES);
        c20.intoArray(c, cAt + 2 * cRow);
        c21.intoArray(c, cAt + 2 * cRow + LANES);
        c22.intoArray(c, cAt + 2 * cRow + 2 * LANES);
        c23.intoArray(c, cAt + 2 * cRow + 3 * LANES);
        c30.intoArray(c, cAt + 3 * cRow);
        c31.intoArray(c, cAt + 3 * cRow + LANES);
        c32.intoArray(c, cAt + 3 * cRow + 2 * LANES);
        c33.intoArray(c, cAt + 3 * cRow + 3 * LANES);
    }

    /** Four rows, two vectors. */
    private static void tile2(float[] a, int at, int aRow, int aColumn, float[] b, int bAt, float[] c, int cAt,
            int cRow, int depth, boolean add) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        if (add) {
            c00 = FloatVector.fromArray(S, c, cAt);
            c01 = FloatVector.fromArray(S, c, cAt + LANES);
            c10 = FloatVector.fromArray(S, c, cAt + cRow);
            c11 = FloatVector.fromArray(S, c, cAt + cRow + LANES);
            c20 = FloatVector.fromArray(S, c, cAt + 2 * cRow);
            c21 = FloatVector.fromArray(S, c, cAt + 2 * cRow + LANES);
            c30 = FloatVector.fromArray(S, c, cAt + 3 * cRow);
            c31 = FloatVector.fromArray(S, c, cAt + 3 * cRow + LANES);
        }
        int a0 = at;
        int a1 = a0 + aRow;
        int a2 = a1 + aRow;
        int a3 = a2 + aRow;
        int end = bAt + depth * 2 * LANES;
        for (int p = bAt; p < end; p += 2 * LANES) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + LANES);
            FloatVector x = FloatVector.broadcast(S, a[a0]);
            a0 += aColumn;
            c00 = b0.fma(x, c00);
            c01 = b1.fma(x, c01);
            x = FloatVector.broadcast(S, a[a1]);
            a1 += aColumn;
            c10 = b0.fma(x, c10);
            c11 = b1.fma(x, c11);
            x = FloatVector.broadcast(S, a[a2]);
            a2 += aColumn;
            c20 = b0.fma(x, c20);
            c21 = b1.fma(x, c21);
            x = FloatVector.broadcast(S, a[a3]);
            a3 += aColumn;
            c30 = b0.fma(x, c30);
            c31 = b1.fma(x, c31);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + LANES);
        c10.intoArray(c, cAt + cRow);
        c11.intoArray(c, cAt + cRow + LANES);
        c20.intoArray(c, cAt + 2 * cRow);
        c21.intoArray(c, cAt + 2 * cRow + LANES);
        c30.intoArray(c, cAt + 3 * cRow);
        c31.intoArray(c, cAt + 3 * cRow + LANES);
    }

    /** Four rows, one vector. */
    private static void tile1(float[] a, int at, int aRow, int aColumn, float[] b, int bAt, float[] c, int cAt,
            int cRow, int depth, boolean add) {
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        if (add) {
            c0 = FloatVector.fromArray(S, c, cAt);
            c1 = FloatVector.fromArray(S, c, cAt + cRow);
            c2 = FloatVector.fromArray(S, c, cAt + 2 * cRow);
            c3 = FloatVector.fromArray(S, c, cAt + 3 * cRow);
        }
        int a0 = at;
        int a1 = a0 + aRow;
        int a2 = a1 + aRow;
        int a3 = a2 + aRow;
        int end = bAt + depth * LANES;
        for (int p = bAt; p < end; p += LANES) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            c0 = b0.fma(FloatVector.broadcast(S, a[a0]), c0);
            c1 = b0.fma(FloatVector.broadcast(S, a[a1]), c1);
            c2 = b0.fma(FloatVector.broadcast(S, a[a2]), c2);
            c3 = b0.fma(FloatVector.broadcast(S, a[a3]), c3);
            a0 += aColumn;
            a1 += aColumn;
            a2 += aColumn;
            a3 += aColumn;
        }
        c0.intoArray(c, cAt);
        c1.intoArray(c, cAt + cRow);
        c2.intoArray(c, cAt + 2 * cRow);
        c3.intoArray(c, cAt + 3 * cRow);
    }
}
