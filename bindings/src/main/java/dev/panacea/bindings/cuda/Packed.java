package dev.panacea.bindings.cuda;

/**
 * A matrix that cuBLAS can read.
 *
 * @param address its first element
 * @param batch strides along the batch's axes, in elements
 * @param row stride from row to row, in elements; of a single row what the next one would need, or -1
 * @param leading the stride that cuBLAS is told
 * @param byRows whether rows lie side by side, not columns: cuBLAS reads it transposed
 * @param scratch its memory, or null where it is the operand itself
 */
record Packed(long address, long[] batch, long row, long leading, boolean byRows, Scratch scratch)
        implements AutoCloseable {
    /** The same matrix so many bytes on, without its memory. */
    Packed at(long bytes) {
        return new Packed(address + bytes, batch, row, leading, byRows, null);
    }

    @Override
    public void close() {
        if (scratch != null) {
            scratch.close();
        }
    }
}
