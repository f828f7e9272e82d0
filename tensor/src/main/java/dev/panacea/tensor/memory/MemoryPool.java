package dev.panacea.tensor.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Host memory recycled by size. A step that has run once finds every block it needs here, so the steady state asks the
 * system for nothing. Sizes are rounded up to one of eight steps per power of two, which wastes at most an eighth.
 */
public final class MemoryPool {
    /** The pool of the process. */
    public static final MemoryPool HOST = new MemoryPool();

    private final Map<Long, ArrayDeque<Slab>> idle = new HashMap<>();
    private long idleBytes;
    private long liveBytes;
    private long liveBlocks;
    private long peakBytes;

    /** An empty pool. */
    public MemoryPool() {}

    /** Memory taken from the system: the arena frees it. */
    private record Slab(Arena arena, long address, long byteSize) {}

    /** A block in use. */
    public static final class Lease {
        private final MemoryPool pool;
        private final Slab slab;

        private Lease(MemoryPool pool, Slab slab) {
            this.pool = pool;
            this.slab = slab;
        }

        /** Absolute address, a multiple of {@link Memory#ALIGNMENT}. */
        public long address() {
            return slab.address;
        }

        /** Usable bytes, at least what was asked for. */
        public long byteSize() {
            return slab.byteSize;
        }

        /** Returns the block to the pool. Must be called once. */
        public void free() {
            pool.give(slab);
        }
    }

    /**
     * Takes a block with undefined content.
     *
     * @throws OutOfMemoryError if the system has no more, even after idle blocks were given back to it
     */
    public Lease take(long byteSize) {
        long rounded = round(byteSize);
        synchronized (this) {
            ArrayDeque<Slab> stack = idle.get(rounded);
            if (stack != null && !stack.isEmpty()) {
                Slab slab = stack.pop();
                idleBytes -= rounded;
                return lease(slab);
            }
        }
        Slab slab;
        try {
            slab = allocate(rounded);
        } catch (OutOfMemoryError full) {
            trim();
            slab = allocate(rounded);
        }
        synchronized (this) {
            return lease(slab);
        }
    }

    /** Gives all idle blocks back to the system. */
    public synchronized void trim() {
        idle.values().forEach(stack -> stack.forEach(slab -> slab.arena.close()));
        idle.clear();
        idleBytes = 0;
    }

    /** Bytes in use. */
    public synchronized long liveBytes() {
        return liveBytes;
    }

    /** Blocks in use. */
    public synchronized long liveBlocks() {
        return liveBlocks;
    }

    /** Bytes held for reuse. */
    public synchronized long idleBytes() {
        return idleBytes;
    }

    /** The most bytes in use at once since the last {@link #resetPeak}. */
    public synchronized long peakBytes() {
        return peakBytes;
    }

    /** Starts measuring the peak afresh. */
    public synchronized void resetPeak() {
        peakBytes = liveBytes;
    }

    /** The size of the block that serves a request: at least 64, at most an eighth above it. */
    static long round(long byteSize) {
        if (byteSize <= 512) {
            return Math.max(64, (byteSize + 63) & -64);
        }
        long step = Long.highestOneBit(byteSize - 1) >>> 3;
        return (byteSize + step - 1) & -step;
    }

    private Lease lease(Slab slab) {
        liveBytes += slab.byteSize;
        liveBlocks++;
        peakBytes = Math.max(peakBytes, liveBytes);
        return new Lease(this, slab);
    }

    private synchronized void give(Slab slab) {
        liveBytes -= slab.byteSize;
        liveBlocks--;
        idleBytes += slab.byteSize;
        idle.computeIfAbsent(slab.byteSize, size -> new ArrayDeque<>()).push(slab);
    }

    private static Slab allocate(long byteSize) {
        Arena arena = Arena.ofShared();
        MemorySegment segment = arena.allocate(byteSize, byteSize >= 1 << 16 ? 4096 : Memory.ALIGNMENT);
        return new Slab(arena, segment.address(), byteSize);
    }
}
