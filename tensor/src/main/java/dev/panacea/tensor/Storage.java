package dev.panacea.tensor;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Memory shared by a tensor and its views, with a count of owners: scopes, tapes, and {@link Tensor#retain} callers.
 * When the last owner lets go, the memory returns to its pool; the name of that owner is kept for the error message.
 */
final class Storage {
    private static final Cleaner CLEANER = Cleaner.create();

    final Backend backend;
    private final Backend.Block block;
    private final Owners owners;

    /** Apart from the storage, so that the cleaner can hold it without keeping the storage alive. */
    private static final class Owners implements Runnable {
        private final Backend.Block block;
        private final AtomicInteger count = new AtomicInteger(1);
        private final MemoryLedger.Entry entry;
        private volatile String freedBy;

        Owners(Backend.Block block) {
            this.block = block;
            this.entry = MemoryLedger.enter(block.byteSize());
        }

        void release(String by) {
            int left = count.decrementAndGet();
            if (left == 0) {
                freedBy = by;
                MemoryLedger.leave(entry);
                block.free();
            } else if (left < 0) {
                count.incrementAndGet();
                throw new FreedTensorException("tensor: released once too often by " + by + ": freed by " + freedBy
                        + " (release what was retained, once)");
            }
        }

        @Override
        public void run() {
            if (count.get() > 0) {
                release("the garbage collector");
            }
        }
    }

    private Storage(Backend backend, Backend.Block block) {
        this.backend = backend;
        this.block = block;
        this.owners = new Owners(block);
    }

    /** Fresh memory, owned by the current scope, or by the garbage collector where no scope is open. */
    static Storage allocate(Backend backend, long byteSize) {
        Storage storage = new Storage(backend, backend.allocate(Math.max(1, byteSize)));
        MemoryScope scope = MemoryScope.current();
        if (scope != null) {
            scope.own(storage);
        } else {
            storage.leaveToCollector();
        }
        return storage;
    }

    /** Hands one ownership to the garbage collector: released when no tensor refers to this storage any more. */
    void leaveToCollector() {
        CLEANER.register(this, owners);
    }

    Backend.Block block() {
        if (owners.count.get() <= 0) {
            throw new FreedTensorException("tensor: used after it was freed by " + owners.freedBy
                    + " (keep what must outlive its scope: scope.keep(tensor))");
        }
        return block;
    }

    boolean isFreed() {
        return owners.count.get() <= 0;
    }

    void retain() {
        block();
        owners.count.incrementAndGet();
    }

    void release(String by) {
        owners.release(by);
    }
}
