package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.Scratch;

/** Device memory for the time of a kernel, cut into pieces that begin at multiples of 256 bytes. */
final class Pieces implements AutoCloseable {
    private static final int ALIGNMENT = 256;

    private final Scratch whole;
    private final long[] starts;

    Pieces(CudaBackend cuda, long... byteSizes) {
        starts = new long[byteSizes.length];
        long used = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = used;
            used += (byteSizes[i] + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        whole = cuda.scratch(used);
    }

    /** Where a piece begins. */
    long at(int index) {
        return whole.address() + starts[index];
    }

    @Override
    public void close() {
        whole.close();
    }
}
