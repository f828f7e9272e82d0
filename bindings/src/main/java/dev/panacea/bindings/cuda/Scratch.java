package dev.panacea.bindings.cuda;

import dev.panacea.tensor.Backend;

/** Device memory for the time of a kernel. */
public final class Scratch implements AutoCloseable {
    private final Backend.Block block;

    Scratch(Backend.Block block) {
        this.block = block;
    }

    /** Address of the first byte, a multiple of 256. */
    public long address() {
        return block.address();
    }

    @Override
    public void close() {
        block.free();
    }
}
