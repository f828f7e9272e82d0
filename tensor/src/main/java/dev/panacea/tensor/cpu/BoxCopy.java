package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link StridedCopy} over a flat box: dense runs, one value repeated, a box that is turned, anything
 * else.
 */
final class BoxCopy {
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;
    private static final VectorShuffle<Float> HALVES = VectorShuffle.fromValues(FOUR, 2, 3, 0, 1);
    private static final VectorShuffle<Float> PAIRS = VectorShuffle.fromValues(FOUR, 1, 0, 3, 2);
    private static final VectorMask<Float> LOWER = VectorMask.fromLong(FOUR, 0b0011);
    private static final VectorMask<Float> UPPER = VectorMask.fromLong(FOUR, 0b1100);
    private static final VectorMask<Float> EVEN = VectorMask.fromLong(FOUR, 0b0101);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(FOUR, 0b1010);
    private static final VectorSpecies<Integer> INTS = VectorWidth.FLOATS.withLanes(int.class);

    /** Elements from which a fill is worth its vectors. */
    static final int FILL = INTS.length();

    private BoxCopy() {}

    static void runs(long at, long atStep, long put, long putStep, long bytes, int count) {
        for (int i = 0; i < count; i++) {
            Memory.copy(at + i * atStep, put + i * putStep, bytes);
        }
    }

    static void fills(long at, long atStep, long put, long putStep, int n, int count) {
        int whole = INTS.loopBound(n);
        for (int i = 0; i < count; i++) {
            int value = Memory.i32(at + i * atStep);
            long row = put + i * putStep;
            IntVector repeated = IntVector.broadcast(INTS, value);
            for (int k = 0; k < whole; k += INTS.length()) {
                repeated.intoMemorySegment(Memory.ALL, row + 4L * k, Memory.ORDER);
            }
            for (int k = whole; k < n; k++) {
                Memory.i32(row + 4L * k, value);
            }
        }
    }

    /** Turns a box by blocks of 4 x 4 in registers. */
    static void transpose(long at, long atStep, long put, long putStep, int n0, int n1) {
        int whole0 = n0 & -4;
        int whole1 = n1 & -4;
        for (int j = 0; j < whole1; j += 4) {
            long read = at + 4L * j;
            long row = put + j * putStep;
            for (int i = 0; i < whole0; i += 4) {
                block(read + i * atStep, atStep, row + 4L * i, putStep);
            }
        }
        ints(at + whole0 * atStep, atStep, 4, put + 4L * whole0, 4, putStep, n0 - whole0, whole1);
        ints(at + 4L * whole1, atStep, 4, put + whole1 * putStep, 4, putStep, n0, n1 - whole1);
    }

    private static void block(long at, long atStep, long put, long putStep) {
        FloatVector a = FloatVector.fromMemorySegment(FOUR, Memory.ALL, at, Memory.ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FOUR, Memory.ALL, at + atStep, Memory.ORDER);
        FloatVector c = FloatVector.fromMemorySegment(FOUR, Memory.ALL, at + 2 * atStep, Memory.ORDER);
        FloatVector d = FloatVector.fromMemorySegment(FOUR, Memory.ALL, at + 3 * atStep, Memory.ORDER);
        FloatVector ac01 = a.blend(c.rearrange(HALVES), UPPER); // a0 a1 c0 c1
        FloatVector ac23 = c.blend(a.rearrange(HALVES), LOWER); // a2 a3 c2 c3
        FloatVector bd01 = b.blend(d.rearrange(HALVES), UPPER);
        FloatVector bd23 = d.blend(b.rearrange(HALVES), LOWER);
        ac01.blend(bd01.rearrange(PAIRS), ODD).intoMemorySegment(Memory.ALL, put, Memory.ORDER); // a0 b0 c0 d0
        bd01.blend(ac01.rearrange(PAIRS), EVEN).intoMemorySegment(Memory.ALL, put + putStep, Memory.ORDER);
        ac23.blend(bd23.rearrange(PAIRS), ODD).intoMemorySegment(Memory.ALL, put + 2 * putStep, Memory.ORDER);
        bd23.blend(ac23.rearrange(PAIRS), EVEN).intoMemorySegment(Memory.ALL, put + 3 * putStep, Memory.ORDER);
    }

    /** Elements of 4 bytes, the longer axis inside, whichever it is. */
    static void ints(long at, long at0, long at1, long put, long put0, long put1, int n0, int n1) {
        if (n0 < n1) {
            intLines(at, at1, at0, put, put1, put0, n1, n0);
        } else {
            intLines(at, at0, at1, put, put0, put1, n0, n1);
        }
    }

    /** Elements of 8 bytes, the longer axis inside, whichever it is. */
    static void longs(long at, long at0, long at1, long put, long put0, long put1, int n0, int n1) {
        if (n0 < n1) {
            longLines(at, at1, at0, put, put1, put0, n1, n0);
        } else {
            longLines(at, at0, at1, put, put0, put1, n0, n1);
        }
    }

    private static void intLines(long at, long at0, long at1, long put, long put0, long put1, int n0, int n1) {
        int fours = n0 & -4;
        for (int j = 0; j < n1; j++) {
            long read = at + j * at1;
            long write = put + j * put1;
            for (int i = 0; i < fours; i += 4) {
                int a = Memory.i32(read);
                int b = Memory.i32(read + at0);
                int c = Memory.i32(read + 2 * at0);
                int d = Memory.i32(read + 3 * at0);
                Memory.i32(write, a);
                Memory.i32(write + put0, b);
                Memory.i32(write + 2 * put0, c);
                Memory.i32(write + 3 * put0, d);
                read += 4 * at0;
                write += 4 * put0;
            }
            for (int i = fours; i < n0; i++) {
                Memory.i32(write, Memory.i32(read));
                read += at0;
                write += put0;
            }
        }
    }

    private static void longLines(long at, long at0, long at1, long put, long put0, long put1, int n0, int n1) {
        int fours = n0 & -4;
        for (int j = 0; j < n1; j++) {
            long read = at + j * at1;
            long write = put + j * put1;
            for (int i = 0; i < fours; i += 4) {
                long a = Memory.i64(read);
                long b = Memory.i64(read + at0);
                long c = Memory.i64(read + 2 * at0);
                long d = Memory.i64(read + 3 * at0);
                Memory.i64(write, a);
                Memory.i64(write + put0, b);
                Memory.i64(write + 2 * put0, c);
                Memory.i64(write + 3 * put0, d);
                read += 4 * at0;
                write += 4 * put0;
            }
            for (int i = fours; i < n0; i++) {
                Memory.i64(write, Memory.i64(read));
                read += at0;
                write += put0;
            }
        }
    }

    /** Copies one element of 1, 2, 4 or 8 bytes, bit for bit. */
    static void copyUnit(long at, long put, int unit) {
        switch (unit) {
            case 1 -> Memory.u8(put, Memory.u8(at));
            case 2 -> Memory.i16(put, Memory.i16(at));
            case 4 -> Memory.i32(put, Memory.i32(at));
            default -> Memory.i64(put, Memory.i64(at));
        }
    }
}
