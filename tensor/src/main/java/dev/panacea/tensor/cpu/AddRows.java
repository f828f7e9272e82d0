package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Adds rows of F32 into rows that an index names. Data is [outer, count, inner], the result [outer, size, inner], both
 * dense. Threads share outer blocks and strips of columns, never the rows of a column, which are added in their order:
 * the result does not depend on who computes what.
 */
final class AddRows extends RowTask {
    private static final ThreadLocal<AddRows> OF_THREAD = ThreadLocal.withInitial(AddRows::new);
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int STRIP = 256; // columns

    private int count;
    private int size;
    private int inner;
    private int strips;
    private boolean indexed; // one index for each element, not for each row
    private long source;
    private long index;
    private long target;

    /**
     * Adds into {@code target}, which holds the start values.
     *
     * @param perElement whether the index is [outer, count, inner] like the data; else it is [count]
     */
    static void run(long outer, int count, int size, int inner, boolean perElement, long source, long index,
            long target) {
        AddRows task = OF_THREAD.get();
        task.count = count;
        task.size = size;
        task.inner = inner;
        task.strips = (inner + STRIP - 1) / STRIP;
        task.indexed = perElement;
        task.source = source;
        task.index = index;
        task.target = target;
        int width = Math.min(inner, STRIP);
        ParallelRows.run(task, Math.toIntExact(outer * task.strips),
                ParallelRows.grain((long) count * width, 1 << 13));
    }

    @Override
    public void rows(int from, int to, Scratch scratch) {
        for (int row = from; row < to; row++) {
            int block = row / strips;
            int first = row % strips * STRIP;
            int width = Math.min(STRIP, inner - first);
            long rows = (long) block * count;
            long at = source + 4 * (rows * inner + first);
            long put = target + 4 * ((long) block * size * inner + first);
            if (indexed) {
                elements(at, index + 4 * (rows * inner + first), put, 4L * inner, count, width);
            } else {
                rows(at, index, put, 4L * inner, count, width);
            }
        }
    }

    private static void rows(long at, long index, long put, long rowBytes, int count, int width) {
        int whole = S.loopBound(width);
        for (int i = 0; i < count; i++) {
            long read = at + i * rowBytes;
            long sum = put + Memory.i32(index + 4L * i) * rowBytes;
            for (int k = 0; k < whole; k += S.length()) {
                FloatVector x = FloatVector.fromMemorySegment(S, Memory.ALL, read + 4L * k, Memory.ORDER);
                FloatVector.fromMemorySegment(S, Memory.ALL, sum + 4L * k, Memory.ORDER).add(x)
                        .intoMemorySegment(Memory.ALL, sum + 4L * k, Memory.ORDER);
            }
            for (int k = whole; k < width; k++) {
                Memory.f32(sum + 4L * k, Memory.f32(sum + 4L * k) + Memory.f32(read + 4L * k));
            }
        }
    }

    private static void elements(long at, long index, long put, long rowBytes, int count, int width) {
        for (int i = 0; i < count; i++) {
            long read = at + i * rowBytes;
            long indices = index + i * rowBytes;
            for (int k = 0; k < width; k++) {
                long sum = put + 4L * k + Memory.i32(indices + 4L * k) * rowBytes;
                Memory.f32(sum, Memory.f32(sum) + Memory.f32(read + 4L * k));
            }
        }
    }
}
