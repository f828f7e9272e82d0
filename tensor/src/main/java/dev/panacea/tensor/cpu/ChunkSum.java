package dev.panacea.tensor.cpu;

/**
 * A sum over many items, cut into chunks by their number alone and added in order: the same on any number of threads.
 */
abstract class ChunkSum extends RowTask {
    private double[] partials = new double[64];
    private int items;
    private int chunkItems;

    /** The sum of items {@code from} (inclusive) to {@code to} (exclusive). */
    abstract double sum(int from, int to, Scratch scratch);

    /** Adds {@code count} items in chunks of {@code chunk}. */
    final double run(int count, int chunk) {
        items = count;
        chunkItems = chunk;
        int chunks = (int) (((long) count + chunk - 1) / chunk);
        if (partials.length < chunks) {
            partials = new double[chunks];
        }
        ParallelRows.run(this, chunks, 1);
        double total = 0;
        for (int i = 0; i < chunks; i++) {
            total += partials[i];
        }
        return total;
    }

    @Override
    public final void rows(int from, int to, Scratch scratch) {
        for (int chunk = from; chunk < to; chunk++) {
            int first = chunk * chunkItems;
            partials[chunk] = sum(first, (int) Math.min(items, (long) first + chunkItems), scratch);
        }
    }
}
