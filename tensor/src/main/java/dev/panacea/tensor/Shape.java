package dev.panacea.tensor;

import java.util.Arrays;

/** The sizes of a tensor's axes, outermost first; immutable. A scalar has rank 0, and an axis may have size 0. */
public final class Shape {
    /** The shape of a scalar. */
    public static final Shape SCALAR = new Shape(new int[0]);

    private final int[] dims;
    private final long size;

    private Shape(int[] dims) {
        this.dims = dims;
        long product = 1;
        for (int dim : dims) {
            if (dim < 0) {
                throw new ShapeException("shape: negative size: " + Arrays.toString(dims) + " (need sizes >= 0)");
            }
            try {
                product = Math.multiplyExact(product, dim);
            } catch (ArithmeticException overflow) {
                throw new ShapeException("shape: too many elements: " + Arrays.toString(dims) + " (need < 2^63)");
            }
        }
        this.size = product;
    }

    /**
     * A shape of these sizes.
     *
     * @throws ShapeException if a size is negative or the number of elements overflows
     */
    public static Shape of(int... dims) {
        return dims.length == 0 ? SCALAR : new Shape(dims.clone());
    }

    /** Number of axes. */
    public int rank() {
        return dims.length;
    }

    /** Number of elements. */
    public long size() {
        return size;
    }

    /**
     * Size of one axis; negative axes count from the end.
     *
     * @throws ShapeException if the axis is out of range
     */
    public int dim(int axis) {
        return dims[axis("shape", axis)];
    }

    /** The sizes as a new array. */
    public int[] dims() {
        return dims.clone();
    }

    /**
     * The axis as a number in 0..rank-1, from one that may count from the end.
     *
     * @param where the op to name in the error
     * @throws ShapeException if the axis is out of range
     */
    public int axis(String where, int axis) {
        int rank = dims.length;
        if (axis < -rank || axis >= rank) {
            throw new ShapeException(where + ": axis " + axis + " out of range for " + this + " (need "
                    + (rank == 0 ? "rank >= 1" : -rank + ".." + (rank - 1)) + ")");
        }
        return axis < 0 ? axis + rank : axis;
    }

    /** This shape with one axis resized. */
    public Shape with(int axis, int dim) {
        int[] copy = dims.clone();
        copy[axis("shape", axis)] = dim;
        return new Shape(copy);
    }

    /** This shape without one axis. */
    public Shape without(int axis) {
        int at = axis("shape", axis);
        int[] copy = new int[dims.length - 1];
        System.arraycopy(dims, 0, copy, 0, at);
        System.arraycopy(dims, at + 1, copy, at, copy.length - at);
        return new Shape(copy);
    }

    /** Product of the sizes of axes {@code from} (inclusive) to {@code to} (exclusive). */
    public long product(int from, int to) {
        long product = 1;
        for (int axis = from; axis < to; axis++) {
            product *= dims[axis];
        }
        return product;
    }

    /** Row-major strides in elements. */
    public long[] contiguousStrides() {
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= Math.max(1, dims[axis]);
        }
        return strides;
    }

    /**
     * The common shape of two operands under NumPy's rule: aligned at the last axis, sizes equal or one of them 1.
     *
     * @param where the op to name in the error
     * @throws ShapeException if the shapes do not broadcast
     */
    public static Shape broadcast(String where, Shape left, Shape right) {
        int rank = Math.max(left.rank(), right.rank());
        int[] dims = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int a = i <= left.rank() ? left.dims[left.rank() - i] : 1;
            int b = i <= right.rank() ? right.dims[right.rank() - i] : 1;
            if (a != b && a != 1 && b != 1) {
                throw new ShapeException(where + ": shapes do not broadcast: " + left + " and " + right
                        + " (need equal sizes or 1, aligned at the last axis)");
            }
            dims[rank - i] = a == 1 ? b : a;
        }
        return new Shape(dims);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** For example {@code [8, 196, 768]}. */
    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
