package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of the matrix product: four rows of A by one packed panel of B, all sums in registers.
 *
 * <p>Each method is one straight piece of code with its sums in local variables. Sharing any of it in a helper that
 * takes vectors costs a factor of five when the helper does not inline; larger tiles, and masks, overrun the registers of
 * the first compiler, and the method may then stay in the interpreter.
 * Addresses of rows may repeat: all of C is read before any of it is written.
 */
final class GemmTile {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final long STEP = (long) LANES * Float.BYTES;

    /** Rows of one tile. */
    static final int ROWS = 4;
    /** Columns of a narrow panel. */
    static final int NARROW = 2 * LANES;

    private GemmTile() {}

    /** Adds A [4, depth] · panel [depth, 2 · {@link #NARROW}] to four rows of C. */
    static void wide(long a0, long a1, long a2, long a3, long aStep, float[] panel, int at, int depth,
            long c0, long c1, long c2, long c3) {
        FloatVector s00 = FloatVector.fromMemorySegment(S, Memory.ALL, c0, Memory.ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(S, Memory.ALL, c0 + STEP, Memory.ORDER);
        FloatVector s02 = FloatVector.fromMemorySegment(S, Memory.ALL, c0 + 2 * STEP, Memory.ORDER);
        FloatVector s03 = FloatVector.fromMemorySegment(S, Memory.ALL, c0 + 3 * STEP, Memory.ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(S, Memory.ALL, c1, Memory.ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(S, Memory.ALL, c1 + STEP, Memory.ORDER);
        FloatVector s12 = FloatVector.fromMemorySegment(S, Memory.ALL, c1 + 2 * STEP, Memory.ORDER);
        FloatVector s13 = FloatVector.fromMemorySegment(S, Memory.ALL, c1 + 3 * STEP, Memory.ORDER);
        FloatVector s20 = FloatVector.fromMemorySegment(S, Memory.ALL, c2, Memory.ORDER);
        FloatVector s21 = FloatVector.fromMemorySegment(S, Memory.ALL, c2 + STEP, Memory.ORDER);
        FloatVector s22 = FloatVector.fromMemorySegment(S, Memory.ALL, c2 + 2 * STEP, Memory.ORDER);
        FloatVector s23 = FloatVector.fromMemorySegment(S, Memory.ALL, c2 + 3 * STEP, Memory.ORDER);
        FloatVector s30 = FloatVector.fromMemorySegment(S, Memory.ALL, c3, Memory.ORDER);
        FloatVector s31 = FloatVector.fromMemorySegment(S, Memory.ALL, c3 + STEP, Memory.ORDER);
        FloatVector s32 = FloatVector.fromMemorySegment(S, Memory.ALL, c3 + 2 * STEP, Memory.ORDER);
        FloatVector s33 = FloatVector.fromMemorySegment(S, Memory.ALL, c3 + 3 * STEP, Memory.ORDER);
        int end = at + depth * 4 * LANES;
        for (int p = at; p < end; p += 4 * LANES) {
            FloatVector b0 = FloatVector.fromArray(S, panel, p);
            FloatVector b1 = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector b2 = FloatVector.fromArray(S, panel, p + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(S, panel, p + 3 * LANES);
            FloatVector x = FloatVector.broadcast(S, Memory.f32(a0));
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            s02 = x.fma(b2, s02);
            s03 = x.fma(b3, s03);
            a0 += aStep;
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
        s00.intoMemorySegment(Memory.ALL, c0, Memory.ORDER);
        s01.intoMemorySegment(Memory.ALL, c0 + STEP, Memory.ORDER);
        s02.intoMemorySegment(Memory.ALL, c0 + 2 * STEP, Memory.ORDER);
        s03.intoMemorySegment(Memory.ALL, c0 + 3 * STEP, Memory.ORDER);
        s10.intoMemorySegment(Memory.ALL, c1, Memory.ORDER);
        s11.intoMemorySegment(Memory.ALL, c1 + STEP, Memory.ORDER);
        s12.intoMemorySegment(Memory.ALL, c1 + 2 * STEP, Memory.ORDER);
        s13.intoMemorySegment(Memory.ALL, c1 + 3 * STEP, Memory.ORDER);
        s20.intoMemorySegment(Memory.ALL, c2, Memory.ORDER);
        s21.intoMemorySegment(Memory.ALL, c2 + STEP, Memory.ORDER);
        s22.intoMemorySegment(Memory.ALL, c2 + 2 * STEP, Memory.ORDER);
        s23.intoMemorySegment(Memory.ALL, c2 + 3 * STEP, Memory.ORDER);
        s30.intoMemorySegment(Memory.ALL, c3, Memory.ORDER);
        s31.intoMemorySegment(Memory.ALL, c3 + STEP, Memory.ORDER);
        s32.intoMemorySegment(Memory.ALL, c3 + 2 * STEP, Memory.ORDER);
        s33.intoMemorySegment(Memory.ALL, c3 + 3 * STEP, Memory.ORDER);
    }

    /** Adds A [4, depth] · panel [depth, {@link #NARROW}] to four rows of C. */
    static void narrow(long a0, long a1, long a2, long a3, long aStep, float[] panel, int at, int depth,
            long c0, long c1, long c2, long c3) {
        FloatVector s00 = FloatVector.fromMemorySegment(S, Memory.ALL, c0, Memory.ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(S, Memory.ALL, c0 + STEP, Memory.ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(S, Memory.ALL, c1, Memory.ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(S, Memory.ALL, c1 + STEP, Memory.ORDER);
        FloatVector s20 = FloatVector.fromMemorySegment(S, Memory.ALL, c2, Memory.ORDER);
        FloatVector s21 = FloatVector.fromMemorySegment(S, Memory.ALL, c2 + STEP, Memory.ORDER);
        FloatVector s30 = FloatVector.fromMemorySegment(S, Memory.ALL, c3, Memory.ORDER);
        FloatVector s31 = FloatVector.fromMemorySegment(S, Memory.ALL, c3 + STEP, Memory.ORDER);
        int end = at + depth * 2 * LANES;
        for (int p = at; p < end; p += 2 * LANES) {
            FloatVector b0 = FloatVector.fromArray(S, panel, p);
            FloatVector b1 = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector x = FloatVector.broadcast(S, Memory.f32(a0));
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            a0 += aStep;
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
        s00.intoMemorySegment(Memory.ALL, c0, Memory.ORDER);
        s01.intoMemorySegment(Memory.ALL, c0 + STEP, Memory.ORDER);
        s10.intoMemorySegment(Memory.ALL, c1, Memory.ORDER);
        s11.intoMemorySegment(Memory.ALL, c1 + STEP, Memory.ORDER);
        s20.intoMemorySegment(Memory.ALL, c2, Memory.ORDER);
        s21.intoMemorySegment(Memory.ALL, c2 + STEP, Memory.ORDER);
        s30.intoMemorySegment(Memory.ALL, c3, Memory.ORDER);
        s31.intoMemorySegment(Memory.ALL, c3 + STEP, Memory.ORDER);
    }
}
