package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes square blocks, as many rows as a vector has lanes, 8 or 16. Zipping row i with row i + half, for every i
 * of the first half, doubles the length of the runs that are in the right order: 3 rounds finish a block of 8, and 4
 * one of 16. Two rounds share one pass, so that four vectors are in registers at a time whatever the width.
 */
final class GemmTranspose {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(S, 0);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(S, 1);

    /** Rows and columns of a block. */
    static final int LANES = S.length();
    /** Floats that {@link #block} needs for what lies between its passes. */
    static final int BETWEEN = LANES * LANES;

    private GemmTranspose() {}

    /**
     * Writes the block whose rows start {@code step} bytes apart at {@code from} to {@code to[at ..]}, transposed, its
     * rows {@code stride} floats apart.
     *
     * @param between start of {@link #BETWEEN} floats of {@code to} to work in
     */
    static void block(long from, long step, float[] to, int at, int stride, int between) {
        first(from, step, to, between);
        if (LANES == 8) {
            lastRound(to, between, at, stride);
        } else {
            lastRounds(to, between, at, stride);
        }
    }

    private static void first(long from, long step, float[] to, int between) {
        for (int i = 0, p = between; i < LANES / 4; i++, p += 4 * LANES) {
            FloatVector a = FloatVector.fromMemorySegment(S, Memory.ALL, from + i * step, Memory.ORDER);
            FloatVector b = FloatVector.fromMemorySegment(S, Memory.ALL, from + (i + LANES / 4) * step, Memory.ORDER);
            FloatVector c = FloatVector.fromMemorySegment(S, Memory.ALL, from + (i + LANES / 2) * step, Memory.ORDER);
            FloatVector d = FloatVector.fromMemorySegment(S, Memory.ALL, from + (i + LANES / 4 * 3) * step,
                    Memory.ORDER);
            FloatVector acLow = a.rearrange(LOW, c);
            FloatVector acHigh = a.rearrange(HIGH, c);
            FloatVector bdLow = b.rearrange(LOW, d);
            FloatVector bdHigh = b.rearrange(HIGH, d);
            acLow.rearrange(LOW, bdLow).intoArray(to, p);
            acLow.rearrange(HIGH, bdLow).intoArray(to, p + LANES);
            acHigh.rearrange(LOW, bdHigh).intoArray(to, p + 2 * LANES);
            acHigh.rearrange(HIGH, bdHigh).intoArray(to, p + 3 * LANES);
        }
    }

    private static void lastRounds(float[] to, int between, int at, int stride) {
        for (int i = 0, p = at; i < LANES / 4; i++, p += 4 * stride) {
            FloatVector a = FloatVector.fromArray(S, to, between + i * LANES);
            FloatVector b = FloatVector.fromArray(S, to, between + (i + LANES / 4) * LANES);
            FloatVector c = FloatVector.fromArray(S, to, between + (i + LANES / 2) * LANES);
            FloatVector d = FloatVector.fromArray(S, to, between + (i + LANES / 4 * 3) * LANES);
            FloatVector acLow = a.rearrange(LOW, c);
            FloatVector acHigh = a.rearrange(HIGH, c);
            FloatVector bdLow = b.rearrange(LOW, d);
            FloatVector bdHigh = b.rearrange(HIGH, d);
            acLow.rearrange(LOW, bdLow).intoArray(to, p);
            acLow.rearrange(HIGH, bdLow).intoArray(to, p + stride);
            acHigh.rearrange(LOW, bdHigh).intoArray(to, p + 2 * stride);
            acHigh.rearrange(HIGH, bdHigh).intoArray(to, p + 3 * stride);
        }
    }

    private static void lastRound(float[] to, int between, int at, int stride) {
        for (int i = 0, p = at; i < LANES / 2; i++, p += 2 * stride) {
            FloatVector a = FloatVector.fromArray(S, to, between + i * LANES);
            FloatVector b = FloatVector.fromArray(S, to, between + (i + LANES / 2) * LANES);
            a.rearrange(LOW, b).intoArray(to, p);
            a.rearrange(HIGH, b).intoArray(to, p + stride);
        }
    }
}
