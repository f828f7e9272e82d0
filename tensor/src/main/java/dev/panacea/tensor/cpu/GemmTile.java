package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of the matrix product: four rows of A by one packed panel of B, all sums in registers.
 *
 * <p>Each method is one straight piece of code with its sums in local variables. Sharing any of it in a helper that
 * takes vectors costs a factor of five when the helper does not inline; larger tiles, and masks, overrun the registers
 * of the first compiler, and the method may then stay in the interpreter.
 * F may be C: all of F is read before any of C is written.
 */
final class GemmTile {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final long STEP = (long) LANES * Float.BYTES;

    /** Rows of one tile. */
    static final int ROWS = 4;
    /** Columns of a narrow panel. */
    static final int NARROW = 2 * LANES;
    /**
     * Columns from which wide panels are used: never, where a wide tile's 16 sums and operands overrun the registers.
     */
    static final int WIDE = VectorWidth.MANY_REGISTERS ? 2 * NARROW : Integer.MAX_VALUE;

    private GemmTile() {}

    /** Four rows of C = four rows of F + A [4, depth] · panel [depth, 2 · {@link #NARROW}]. */
    static void wide(long a, long aRow, long aStep, float[] panel, int at, int depth,
            long f, long fRow, long c, long cRow) {
        FloatVector s00 = FloatVector.zero(S);
        FloatVector s01 = s00;
        FloatVector s02 = s00;
        FloatVector s03 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s12 = s00;
        FloatVector s13 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s22 = s00;
        FloatVector s23 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        FloatVector s32 = s00;
        FloatVector s33 = s00;
        long a1 = a + aRow;
        long a2 = a1 + aRow;
        long a3 = a2 + aRow;
        int end = at + depth * 4 * LANES;
        for (int p = at; p < end; p += 4 * LANES) {
            FloatVector b0 = FloatVector.fromArray(S, panel, p);
            FloatVector b1 = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector b2 = FloatVector.fromArray(S, panel, p + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(S, panel, p + 3 * LANES);
            FloatVector x = FloatVector.broadcast(S, Memory.f32(a));
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            s02 = x.fma(b2, s02);
            s03 = x.fma(b3, s03);
            a += aStep;
            x = FloatVector.broadcast(S, Memory.f32(a1));
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            s12 = x.fma(b2, s12);
            s13 = x.fma(b3, s13);
            a1 += aStep;
            x = FloatVector.broadcast(S, Memory.f32(a2));
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            s22 = x.fma(b2, s22);
            s23 = x.fma(b3, s23);
            a2 += aStep;
            x = FloatVector.broadcast(S, Memory.f32(a3));
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
            s32 = x.fma(b2, s32);
            s33 = x.fma(b3, s33);
            a3 += aStep;
        }
        s00.add(FloatVector.fromMemorySegment(S, Memory.ALL, f, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c, Memory.ORDER);
        s01.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + STEP, Memory.ORDER);
        s02.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + 2 * STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + 2 * STEP, Memory.ORDER);
        s03.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + 3 * STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + 3 * STEP, Memory.ORDER);
        f += fRow;
        c += cRow;
        s10.add(FloatVector.fromMemorySegment(S, Memory.ALL, f, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c, Memory.ORDER);
        s11.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + STEP, Memory.ORDER);
        s12.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + 2 * STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + 2 * STEP, Memory.ORDER);
        s13.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + 3 * STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + 3 * STEP, Memory.ORDER);
        f += fRow;
        c += cRow;
        s20.add(FloatVector.fromMemorySegment(S, Memory.ALL, f, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c, Memory.ORDER);
        s21.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + STEP, Memory.ORDER);
        s22.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + 2 * STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + 2 * STEP, Memory.ORDER);
        s23.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + 3 * STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + 3 * STEP, Memory.ORDER);
        f += fRow;
        c += cRow;
        s30.add(FloatVector.fromMemorySegment(S, Memory.ALL, f, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c, Memory.ORDER);
        s31.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + STEP, Memory.ORDER);
        s32.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + 2 * STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + 2 * STEP, Memory.ORDER);
        s33.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + 3 * STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + 3 * STEP, Memory.ORDER);
    }

    /** Four rows of C = four rows of F + A [4, depth] · panel [depth, {@link #NARROW}]. */
    static void narrow(long a, long aRow, long aStep, float[] panel, int at, int depth,
            long f, long fRow, long c, long cRow) {
        FloatVector s00 = FloatVector.zero(S);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        long a1 = a + aRow;
        long a2 = a1 + aRow;
        long a3 = a2 + aRow;
        int end = at + depth * 2 * LANES;
        for (int p = at; p < end; p += 2 * LANES) {
            FloatVector b0 = FloatVector.fromArray(S, panel, p);
            FloatVector b1 = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector x = FloatVector.broadcast(S, Memory.f32(a));
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            a += aStep;
            x = FloatVector.broadcast(S, Memory.f32(a1));
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            a1 += aStep;
            x = FloatVector.broadcast(S, Memory.f32(a2));
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            a2 += aStep;
            x = FloatVector.broadcast(S, Memory.f32(a3));
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
            a3 += aStep;
        }
        s00.add(FloatVector.fromMemorySegment(S, Memory.ALL, f, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c, Memory.ORDER);
        s01.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + STEP, Memory.ORDER);
        f += fRow;
        c += cRow;
        s10.add(FloatVector.fromMemorySegment(S, Memory.ALL, f, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c, Memory.ORDER);
        s11.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + STEP, Memory.ORDER);
        f += fRow;
        c += cRow;
        s20.add(FloatVector.fromMemorySegment(S, Memory.ALL, f, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c, Memory.ORDER);
        s21.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + STEP, Memory.ORDER);
        f += fRow;
        c += cRow;
        s30.add(FloatVector.fromMemorySegment(S, Memory.ALL, f, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c, Memory.ORDER);
        s31.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + STEP, Memory.ORDER);
    }

    /** One row of C = one row of F + A [1, depth] · panel [depth, 2 · {@link #NARROW}]. */
    static void wideRow(long a, long aStep, float[] panel, int at, int depth, long f, long c) {
        FloatVector s00 = FloatVector.zero(S);
        FloatVector s01 = s00;
        FloatVector s02 = s00;
        FloatVector s03 = s00;
        int end = at + depth * 4 * LANES;
        for (int p = at; p < end; p += 4 * LANES) {
            FloatVector b0 = FloatVector.fromArray(S, panel, p);
            FloatVector b1 = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector b2 = FloatVector.fromArray(S, panel, p + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(S, panel, p + 3 * LANES);
            FloatVector x = FloatVector.broadcast(S, Memory.f32(a));
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            s02 = x.fma(b2, s02);
            s03 = x.fma(b3, s03);
            a += aStep;
        }
        s00.add(FloatVector.fromMemorySegment(S, Memory.ALL, f, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c, Memory.ORDER);
        s01.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + STEP, Memory.ORDER);
        s02.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + 2 * STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + 2 * STEP, Memory.ORDER);
        s03.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + 3 * STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + 3 * STEP, Memory.ORDER);
    }

    /** One row of C = one row of F + A [1, depth] · panel [depth, {@link #NARROW}]. */
    static void narrowRow(long a, long aStep, float[] panel, int at, int depth, long f, long c) {
        FloatVector s00 = FloatVector.zero(S);
        FloatVector s01 = s00;
        int end = at + depth * 2 * LANES;
        for (int p = at; p < end; p += 2 * LANES) {
            FloatVector b0 = FloatVector.fromArray(S, panel, p);
            FloatVector b1 = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector x = FloatVector.broadcast(S, Memory.f32(a));
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            a += aStep;
        }
        s00.add(FloatVector.fromMemorySegment(S, Memory.ALL, f, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c, Memory.ORDER);
        s01.add(FloatVector.fromMemorySegment(S, Memory.ALL, f + STEP, Memory.ORDER))
                .intoMemorySegment(Memory.ALL, c + STEP, Memory.ORDER);
    }
}
