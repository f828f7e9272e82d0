package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;

/** How reference code walks the indices of a shape. */
final class Walk {
    private Walk() {}

    /** Writes the index of the {@code flat}-th element in row-major order, one number for each axis. */
    static void index(Shape shape, long flat, int[] index) {
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            index[axis] = (int) (flat % shape.dim(axis));
            flat /= shape.dim(axis);
        }
    }
}
