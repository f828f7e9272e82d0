package dev.panacea.tensor.cpu;

/**
 * The work of one kernel call, split by rows. A kernel keeps one task per calling thread and fills in its fields before
 * each call, so that a call allocates nothing. Rows must not depend on each other: which thread runs which rows, and in
 * what order, is left open, and the result must be the same bytes whatever happens.
 */
public abstract class RowTask {
    /**
     * Computes rows {@code from} (inclusive) to {@code to} (exclusive).
     *
     * @param scratch buffers owned by the thread that runs these rows; their content is undefined
     */
    public abstract void rows(int from, int to, Scratch scratch);
}
