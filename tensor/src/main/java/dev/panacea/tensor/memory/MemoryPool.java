package dev.panacea.tensor.memory;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Memory that is used again. A step that has run once finds every block it needs here, so the steady state asks
 * the system for nothing. Small blocks come in eight sizes per power of two, which wastes at most an eighth, and are
 * found by size. Large ones are cut from the smallest idle block that is large enough, and grow together again when
 * their neighbours are idle, so that activations of one size make room for those of another.
 */
public final class MemoryPool {
    /** The pool of the process. */
    public static final MemoryPool HOST = new MemoryPool();

    /** What a pool takes its memory from. */
    @FunctionalInterface
    public interface Source {
        /**
         * Takes memory with undefined content, aligned to {@link Memory#ALIGNMENT} bytes at least.
         *
         * @throws OutOfMemoryError if there is no such amount
         */
        Stretch take(long byteSize);
    }

    /** Memory taken from a source at once. */
    public interface Stretch {
        /** Address of the first byte. */
        long address();

        /** Returns it to the source. */
        void free();
    }

    private record HostStretch(Arena arena, long address) implements Stretch {
        static Stretch take(long byteSize) {
            Arena arena = Arena.ofShared();
            long alignment = byteSize >= 1 << 16 ? PAGE : Memory.ALIGNMENT;
            return new HostStretch(arena, arena.allocate(byteSize, alignment).address());
        }

        @Override
        public void free() {
            arena.close();
        }
    }

    private static final long LARGE = 1 << 20;
    private static final long PAGE = 4096;

    private final Source source;
    private final Map<Long, ArrayDeque<Block>> small = new HashMap<>();
    private final TreeSet<Block> large = new TreeSet<>(Comparator.comparingLong((Block block) -> block.byteSize)
            .thenComparingLong(block -> block.address));
    private long idleBytes;
    private long liveBytes;
    private long liveBlocks;
    private long peakBytes;

    /** An empty pool of host memory. */
    public MemoryPool() {
        this(HostStretch::take);
    }

    /** An empty pool of memory from somewhere else. */
    public MemoryPool(Source source) {
        this.source = source;
    }

    /** A stretch of memory taken from the system at once, or a part of one, between its neighbours there. */
    private static final class Block {
        final Stretch stretch;
        final long address;
        long byteSize;
        Block before;
        Block after;
        boolean idle;

        Block(Stretch stretch, long address, long byteSize) {
            this.stretch = stretch;
            this.address = address;
            this.byteSize = byteSize;
        }

        /** Keeps the first bytes and makes a block of the others. */
        Block cut(long keep) {
            Block rest = new Block(stretch, address + keep, byteSize - keep);
            byteSize = keep;
            rest.before = this;
            rest.after = after;
            if (after != null) {
                after.before = rest;
            }
            after = rest;
            return rest;
        }

        /** Takes the next block in. */
        void join() {
            byteSize += after.byteSize;
            after = after.after;
            if (after != null) {
                after.before = this;
            }
        }
    }

    /** A block in use. */
    public static final class Lease {
        private final MemoryPool pool;
        private final Block block;

        private Lease(MemoryPool pool, Block block) {
            this.pool = pool;
            this.block = block;
        }

        /** Absolute address, a multiple of {@link Memory#ALIGNMENT}. */
        public long address() {
            return block.address;
        }

        /** Usable bytes, at least what was asked for. */
        public long byteSize() {
            return block.byteSize;
        }

        /** Returns the block to the pool. Must be called once. */
        public void free() {
            pool.give(block);
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
            Block block = rounded < LARGE ? takeSmall(rounded) : takeLarge(rounded, byteSize);
            if (block != null) {
                idleBytes -= block.byteSize;
                return lease(block);
            }
        }
        Block block;
        try {
            block = allocate(rounded);
        } catch (OutOfMemoryError full) {
            trim();
            block = allocate(rounded);
        }
        synchronized (this) {
            return lease(block);
        }
    }

    private Block takeSmall(long byteSize) {
        ArrayDeque<Block> stack = small.get(byteSize);
        return stack == null || stack.isEmpty() ? null : stack.pop();
    }

    /** A block of at least {@code byteSize}, and of at most an eighth more than was asked for, unless that is less. */
    private Block takeLarge(long byteSize, long asked) {
        Block block = large.ceiling(new Block(null, 0, byteSize));
        if (block == null) {
            return null;
        }
        large.remove(block);
        block.idle = false;
        if (block.byteSize > Math.max(byteSize, asked + asked / 8)) {
            Block rest = block.cut(byteSize);
            rest.idle = true;
            large.add(rest);
        }
        return block;
    }

    /** Gives back to the system what it gave at once and is idle as a whole. */
    public synchronized void trim() {
        small.values().forEach(stack -> stack.forEach(block -> {
            idleBytes -= block.byteSize;
            block.stretch.free();
        }));
        small.clear();
        large.removeIf(block -> {
            boolean whole = block.before == null && block.after == null;
            if (whole) {
                idleBytes -= block.byteSize;
                block.stretch.free();
            }
            return whole;
        });
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
        if (byteSize >= LARGE) {
            return (byteSize + PAGE - 1) & -PAGE;
        }
        if (byteSize <= 512) {
            return Math.max(64, (byteSize + 63) & -64);
        }
        long step = Long.highestOneBit(byteSize - 1) >>> 3;
        return (byteSize + step - 1) & -step;
    }

    private Lease lease(Block block) {
        liveBytes += block.byteSize;
        liveBlocks++;
        peakBytes = Math.max(peakBytes, liveBytes);
        return new Lease(this, block);
    }

    private synchronized void give(Block block) {
        liveBytes -= block.byteSize;
        liveBlocks--;
        idleBytes += block.byteSize;
        if (block.byteSize < LARGE && block.before == null && block.after == null) {
            small.computeIfAbsent(block.byteSize, size -> new ArrayDeque<>()).push(block);
            return;
        }
        Block whole = block;
        if (whole.after != null && whole.after.idle) {
            large.remove(whole.after);
            whole.join();
        }
        if (whole.before != null && whole.before.idle) {
            whole = whole.before;
            large.remove(whole);
            whole.join();
        }
        whole.idle = true;
        large.add(whole);
    }

    private Block allocate(long byteSize) {
        Stretch stretch = source.take(byteSize);
        return new Block(stretch, stretch.address(), byteSize);
    }
}
