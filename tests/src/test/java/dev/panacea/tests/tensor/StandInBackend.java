package dev.panacea.tests.tensor;

import dev.panacea.tensor.Backend;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.memory.MemoryPool;
import dev.panacea.tensor.op.Op;

/** A device of plain memory without a single kernel: everything on it goes through the reference on the host. */
final class StandInBackend implements Backend {
    private static final long AWAY = 1L << 56; // its addresses mean nothing to the host

    final MemoryPool pool = new MemoryPool();
    int uploads;
    int downloads;

    @Override
    public String name() {
        return "stand-in";
    }

    @Override
    public Block allocate(long byteSize) {
        MemoryPool.Lease lease = pool.take(byteSize);
        return new Block() {
            @Override
            public long address() {
                return lease.address() + AWAY;
            }

            @Override
            public long byteSize() {
                return lease.byteSize();
            }

            @Override
            public void free() {
                lease.free();
            }
        };
    }

    @Override
    public void upload(long hostAddress, Block to, long byteSize) {
        uploads++;
        Memory.copy(hostAddress, to.address() - AWAY, byteSize);
    }

    @Override
    public void download(Block from, long hostAddress, long byteSize) {
        downloads++;
        Memory.copy(from.address() - AWAY, hostAddress, byteSize);
    }

    @Override
    public Kernel<?> kernel(Op op) {
        return null;
    }

    @Override
    public void synchronize() {
        // Work is done when a call returns.
    }

    @Override
    public void close() {
        pool.trim();
    }
}
