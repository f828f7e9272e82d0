package dev.panacea.tensor.cpu;

/**
 * One pass over the elements of many tensors of different sizes. Each tensor is cut into chunks; the chunks of all are
 * the rows, so that a few large tensors and hundreds of small ones keep every thread busy alike.
 */
abstract class ListTask extends RowTask {
    /** Elements of a chunk: four operands of a chunk fit into the second-level cache. */
    static final int CHUNK = 1 << 14;

    private long[] sizes = new long[64];
    private int[] starts = new int[64]; // the first chunk of each tensor
    private int tensors;
    private int chunks;

    /** Begins a new list. */
    final void begin() {
        tensors = 0;
        chunks = 0;
    }

    /** Adds a tensor of so many elements. */
    final void add(long size) {
        if (tensors == sizes.length) {
            sizes = java.util.Arrays.copyOf(sizes, 2 * tensors);
            starts = java.util.Arrays.copyOf(starts, 2 * tensors);
        }
        sizes[tensors] = size;
        starts[tensors++] = chunks;
        chunks = Math.toIntExact(chunks + (size + CHUNK - 1) / CHUNK);
    }

    /** Number of chunks of all tensors. */
    final int chunks() {
        return chunks;
    }

    /** The first chunk that is not of tensor {@code tensor} or one before it. */
    final int end(int tensor) {
        return tensor + 1 == tensors ? chunks : starts[tensor + 1];
    }

    /** Runs over all chunks. */
    final void run() {
        ParallelRows.run(this, chunks, 1);
    }

    @Override
    public final void rows(int from, int to, Scratch scratch) {
        int tensor = 0;
        for (int step = Integer.highestOneBit(tensors); step > 0; step >>= 1) {
            if (tensor + step < tensors && starts[tensor + step] <= from) {
                tensor += step;
            }
        }
        for (int chunk = from; chunk < to; chunk++) {
            while (end(tensor) <= chunk) {
                tensor++;
            }
            long first = (long) (chunk - starts[tensor]) * CHUNK;
            chunk(chunk, tensor, first, (int) Math.min(CHUNK, sizes[tensor] - first), scratch.edge());
        }
    }

    /**
     * Works on elements {@code first} and on of one tensor.
     *
     * @param edge address of a few vectors of memory of this thread
     */
    abstract void chunk(int chunk, int tensor, long first, int count, long edge);
}
