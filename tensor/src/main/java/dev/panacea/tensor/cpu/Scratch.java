package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reusable buffers of one thread, grown on demand and never shrunk: packed panels and running sums live here. */
public final class Scratch {
    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    private final MemorySegment edge = Arena.ofAuto().allocate(5 * 64, Memory.ALIGNMENT);
    private float[][] floats = new float[8][];
    private MemorySegment[] segments = new MemorySegment[8];
    private long[][] longs = new long[4][];

    private Scratch() {}

    /** The buffers of the calling thread. */
    public static Scratch ofThread() {
        return OF_THREAD.get();
    }

    /** Address of a few vectors of memory, where a loop finds operands padded to a whole vector; undefined content. */
    long edge() {
        return edge.address();
    }

    /**
     * A buffer of at least {@code length} floats with undefined content. The same slot returns the same array until a
     * larger one is asked for; a kernel uses one slot for each buffer that it needs at the same time.
     */
    public float[] floats(int slot, int length) {
        if (slot >= floats.length) {
            floats = java.util.Arrays.copyOf(floats, slot + 8);
        }
        float[] buffer = floats[slot];
        if (buffer == null || buffer.length < length) {
            buffer = new float[length];
            floats[slot] = buffer;
        }
        return buffer;
    }

    /**
     * Address of at least {@code byteSize} bytes off the heap with undefined content, aligned like a tensor. Slots work
     * as those of {@link #floats} do, and are numbered apart from them.
     */
    public long memory(int slot, long byteSize) {
        if (slot >= segments.length) {
            segments = java.util.Arrays.copyOf(segments, slot + 8);
        }
        MemorySegment segment = segments[slot];
        if (segment == null || segment.byteSize() < byteSize) {
            segment = Arena.ofAuto().allocate(Math.max(64, byteSize), Memory.ALIGNMENT);
            segments[slot] = segment;
        }
        return segment.address();
    }

    /**
     * A buffer of at least {@code length} longs, such as addresses of rows; its slots are apart from those of floats.
     */
    public long[] longs(int slot, int length) {
        if (slot >= longs.length) {
            longs = java.util.Arrays.copyOf(longs, slot + 4);
        }
        long[] buffer = longs[slot];
        if (buffer == null || buffer.length < length) {
            buffer = new long[length];
            longs[slot] = buffer;
        }
        return buffer;
    }
}
