package dev.panacea.bindings.cuda;

import dev.panacea.bindings.raw.Driver;
import dev.panacea.tensor.memory.MemoryPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;

/** The device memory that a pool takes from the driver, known by address so that closing gives all of it back. */
final class DeviceMemory implements MemoryPool.Source {
    private final CudaBackend backend;
    private final Set<Long> taken = new HashSet<>();
    private long count;

    DeviceMemory(CudaBackend backend) {
        this.backend = backend;
    }

    private record Piece(DeviceMemory from, long address) implements MemoryPool.Stretch {
        @Override
        public void free() {
            from.give(address);
        }
    }

    @Override
    public MemoryPool.Stretch take(long byteSize) {
        backend.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            int status = Driver.cuMemAlloc_v2(out, byteSize);
            if (status == Driver.CUDA_ERROR_OUT_OF_MEMORY()) {
                throw new OutOfMemoryError(Status.name(status));
            }
            Status.driver(status, "cuMemAlloc of " + byteSize + " bytes");
            Piece piece = new Piece(this, out.get(ValueLayout.JAVA_LONG, 0));
            synchronized (this) {
                taken.add(piece.address);
                count++;
            }
            return piece;
        }
    }

    private void give(long address) {
        boolean known;
        synchronized (this) {
            known = taken.remove(address);
        }
        if (known) {
            backend.enter();
            Status.driver(Driver.cuMemFree_v2(address), "cuMemFree");
        }
    }

    /** How often memory was taken from the driver. */
    synchronized long taken() {
        return count;
    }

    /** Gives everything back, what is in use too. */
    synchronized void close() {
        taken.forEach(Driver::cuMemFree_v2);
        taken.clear();
    }
}
