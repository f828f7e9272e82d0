package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Backend;
import dev.panacea.tensor.BackendException;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.memory.MemoryPool;
import dev.panacea.tensor.op.Op;

/** The CPU: host memory from the pool, kernels over the Vector API, work finished when a call returns. */
public final class CpuBackend implements Backend {
    /** The one CPU. */
    public static final CpuBackend INSTANCE = new CpuBackend();

    private CpuBackend() {}

    private record HostBlock(MemoryPool.Lease lease) implements Block {
        @Override
        public long address() {
            return lease.address();
        }

        @Override
        public long byteSize() {
            return lease.byteSize();
        }

        @Override
        public void free() {
            lease.free();
        }
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Block allocate(long byteSize) {
        try {
            return new HostBlock(MemoryPool.HOST.take(byteSize));
        } catch (OutOfMemoryError | IllegalArgumentException full) {
            throw new BackendException("cpu: cannot allocate " + byteSize + " bytes beside "
                    + MemoryPool.HOST.liveBytes() + " in use (need a smaller batch, or more memory)", full);
        }
    }

    @Override
    public void upload(long hostAddress, Block to, long byteSize) {
        Memory.copy(hostAddress, to.address(), byteSize);
    }

    @Override
    public void download(Block from, long hostAddress, long byteSize) {
        Memory.copy(from.address(), hostAddress, byteSize);
    }

    @Override
    public Kernel<?> kernel(Op op) {
        return CpuKernels.of(op.getClass());
    }

    @Override
    public void synchronize() {
        // A call returns when its work is done.
    }

    @Override
    public void close() {
        MemoryPool.HOST.trim();
    }
}
