package dev.panacea.tensor;

import dev.panacea.tensor.memory.MemoryPool;
import dev.panacea.tensor.op.Op;
import java.util.Map;

/**
 * A device that holds tensors and runs ops. An op without a kernel is computed by its reference code on the host, and
 * counted in {@link Fallbacks}: slower, never wrong.
 */
public interface Backend extends AutoCloseable {
    /** The device's name, such as {@code cpu} or {@code cuda:0}. */
    String name();

    /**
     * Takes memory with undefined content from the device's pool, aligned to 64 bytes.
     *
     * @throws BackendException if the device has no such amount left
     */
    Block allocate(long byteSize);

    /** Copies host memory at an absolute address to the start of a block. */
    void upload(long hostAddress, Block to, long byteSize);

    /** Copies the start of a block to host memory at an absolute address. */
    void download(Block from, long hostAddress, long byteSize);

    /** The fast kernel of an op, or null where there is none. */
    Kernel<?> kernel(Op op);

    /** The pool that blocks come from: how much is in use, idle, and was in use at most. */
    default MemoryPool pool() {
        return MemoryPool.HOST;
    }

    /** What is known of the device, for reports: names and values, in the order of importance. */
    default Map<String, String> facts() {
        return Map.of();
    }

    /** What was counted since the device was opened, for reports, such as bytes uploaded. */
    default Map<String, Long> counts() {
        return Map.of();
    }

    /** Waits until all work given to the device is done. */
    void synchronize();

    /** Gives the device's memory back; blocks still in use become invalid. */
    @Override
    void close();

    /** Memory of a device: an address in the device's own space (absolute on the CPU), given back by {@link #free}. */
    interface Block {
        /** Address of the first byte. */
        long address();

        /** Usable bytes, at least what was asked for. */
        long byteSize();

        /** Returns the memory to the pool. Called exactly once. */
        void free();
    }
}
