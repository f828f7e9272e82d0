package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/** {@code a = b + 3 · c} over long arrays: two streams read, one written, as fast as memory can. */
public final class TriadTask extends RowTask {
    /** Floats of one row: a multiple of every vector's lanes. */
    public static final int ROW_FLOATS = 16384;

    /** Bytes read and written by one row. */
    public static final long ROW_BYTES = 3L * Float.BYTES * ROW_FLOATS;

    private final long a;
    private final long b;
    private final long c;

    /** Works on three arrays at absolute addresses. */
    public TriadTask(long a, long b, long c) {
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    public void rows(int from, int to, Scratch scratch) {
        for (int row = from; row < to; row++) {
            long at = (long) Float.BYTES * ROW_FLOATS * row;
            row(a + at, b + at, c + at);
        }
    }

    private static void row(long a, long b, long c) {
        FloatVector three = FloatVector.broadcast(FLOATS, 3);
        for (long at = 0; at < (long) Float.BYTES * ROW_FLOATS; at += (long) Float.BYTES * LANES) {
            fromMemorySegment(FLOATS, ALL, c + at, ORDER).fma(three, fromMemorySegment(FLOATS, ALL, b + at, ORDER))
                    .intoMemorySegment(ALL, a + at, ORDER);
        }
    }
}
