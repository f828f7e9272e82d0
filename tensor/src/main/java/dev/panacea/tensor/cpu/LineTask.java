package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;

import dev.panacea.tensor.Shape;

/**
 * Work on all lines along one axis of a contiguous tensor [outer, n, inner]. Where the axis is the last, a line is
 * contiguous; elsewhere a vector's lanes are neighbouring lines, and no line is ever gathered.
 */
abstract class LineTask extends RowTask {
    /** Elements in a line. */
    int n;

    /** Bytes from one element of a line to the next. */
    long stride;

    private long inner;
    private int vectors; // that cover the inner axes

    /** One contiguous line, {@code offset} bytes into the tensor. */
    abstract void row(long offset, long line);

    /** The next {@code lanes} lines, at most a vector of them, side by side from {@code offset} bytes into the tensor. */
    abstract void column(long offset, long line, int lanes);

    /** Runs over the lines along one axis. */
    final void run(Shape shape, int axis, int workPerElement) {
        int at = axis < 0 ? axis + shape.rank() : axis;
        run(shape.product(0, at), shape.dim(at), shape.product(at + 1, shape.rank()), workPerElement);
    }

    /** Runs over the lines along the middle axis of [outer, n, inner]. */
    final void run(long outer, int n, long inner, int workPerElement) {
        this.n = n;
        this.inner = inner;
        stride = 4 * inner;
        vectors = inner == 1 ? 1 : Math.toIntExact((inner + COUNT - 1) / COUNT);
        int lanes = inner == 1 ? 1 : COUNT;
        ParallelRows.run(this, Math.toIntExact(outer * vectors),
                ParallelRows.grain(workPerElement * ((long) n * lanes + 16), 1 << 16));
    }

    @Override
    public final void rows(int from, int to, Scratch scratch) {
        for (int row = from; row < to; row++) {
            if (inner == 1) {
                row(4L * row * n, row);
            } else {
                long o = row / vectors;
                long i = (long) (row % vectors) * COUNT;
                column(4 * (o * n * inner + i), o * inner + i, (int) Math.min(COUNT, inner - i));
            }
        }
    }
}
