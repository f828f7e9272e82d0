package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.LANES;

import dev.panacea.tensor.Shape;

/**
 * Work on all lines along one axis of a contiguous tensor [outer, n, inner]. Where the axis is the last, a line is
 * contiguous; elsewhere a vector's lanes are neighbouring lines, and no line is ever gathered.
 *
 * <p>Contiguous lines come in groups that fit the nearest cache, and a kernel makes each of its passes over a whole
 * group, in a method of its own: the JIT compiles such a method before its caller and then does not inline it. A caller
 * that swallows several passes outgrows the JIT's limits, and vectors in it live on the heap. For the same reason these
 * loops call the Vector API directly: it is inlined always, a short method of ours around it only where it is hot, and
 * the tail of a loop is not.
 */
abstract class LineTask extends RowTask {
    /** Elements in a line. */
    int n;

    /** Bytes from one element of a line to the next. */
    long stride;

    private static final int GROUP = 2048; // elements
    private static final int MOST = 64;    // lines

    private long inner;
    private int vectors; // that cover the inner axes

    /** A group of {@code count} contiguous lines that follow each other, {@code offset} bytes into the tensor. */
    abstract void lines(long offset, long line, int count, Scratch scratch);

    /** {@code lanes} lines, at most a vector of them, side by side from {@code offset} bytes into the tensor. */
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
        vectors = inner == 1 ? 1 : Math.toIntExact((inner + LANES - 1) / LANES);
        int lanes = inner == 1 ? 1 : LANES;
        ParallelRows.run(this, Math.toIntExact(outer * vectors),
                ParallelRows.grain(workPerElement * ((long) n * lanes + 16), 1 << 16));
    }

    @Override
    public final void rows(int from, int to, Scratch scratch) {
        if (inner == 1) {
            int group = group(n);
            for (int row = from; row < to; row += group) {
                lines(4L * row * n, row, Math.min(group, to - row), scratch);
            }
            return;
        }
        for (int row = from; row < to; row++) {
            long o = row / vectors;
            long i = (long) (row % vectors) * LANES;
            column(4 * (o * n * inner + i), o * inner + i, (int) Math.min(LANES, inner - i));
        }
    }

    /** How many lines of {@code n} elements make a group. */
    static int group(int n) {
        return Math.clamp(GROUP / Math.max(1, n), 1, MOST);
    }
}
