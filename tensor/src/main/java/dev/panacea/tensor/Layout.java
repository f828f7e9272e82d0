package dev.panacea.tensor;

import java.util.Arrays;

/**
 * Where the elements of a tensor lie in its memory. Element (i, j, ...) is at {@code offset + i * strides[0] + ...};
 * offset and strides count elements, a stride of 0 repeats one element along an axis, and a negative stride runs
 * backwards.
 *
 * @param shape sizes of the axes
 * @param strides elements from one index to the next, one for each axis
 * @param offset the first element
 */
public record Layout(Shape shape, long[] strides, long offset) {
    /** The row-major layout of a shape, from offset 0. */
    public static Layout contiguous(Shape shape) {
        return new Layout(shape, shape.contiguousStrides(), 0);
    }

    /** Whether the elements lie row-major without gaps; axes of size 1 may have any stride. */
    public boolean isContiguous() {
        if (shape.size() == 0) {
            return true;
        }
        long expected = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int dim = shape.dim(axis);
            if (dim != 1 && strides[axis] != expected) {
                return false;
            }
            expected *= dim;
        }
        return true;
    }

    /** Position in memory, in elements, of the {@code flat}-th element in row-major order. */
    public long position(long flat) {
        long at = offset;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int dim = shape.dim(axis);
            at += flat % dim * strides[axis];
            flat /= dim;
        }
        return at;
    }

    /** Position in memory, in elements, of the element at an index, one number for each axis. */
    public long position(int... index) {
        long at = offset;
        for (int axis = 0; axis < index.length; axis++) {
            at += index[axis] * strides[axis];
        }
        return at;
    }

    /** One past the last position in memory, in elements, that an element has; 0 where there is none. */
    public long end() {
        long end = offset + 1;
        for (int axis = 0; axis < strides.length; axis++) {
            int dim = shape.dim(axis);
            if (dim == 0) {
                return 0;
            }
            end += Math.max(0, (dim - 1) * strides[axis]);
        }
        return end;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Layout layout && shape.equals(layout.shape) && offset == layout.offset
                && Arrays.equals(strides, layout.strides);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * shape.hashCode() + Arrays.hashCode(strides)) + Long.hashCode(offset);
    }

    @Override
    public String toString() {
        return shape + " strides " + Arrays.toString(strides) + " offset " + offset;
    }
}
