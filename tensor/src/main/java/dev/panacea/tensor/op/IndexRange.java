package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;

/**
 * Index tensors hold data: a shape rule cannot see their values. So whoever reads through an index on the CPU,
 * reference or kernel, checks all of them first and touches nothing where one is out of range.
 */
public final class IndexRange {
    private IndexRange() {}

    /**
     * Checks that every index is in 0..size-1 of an axis.
     *
     * @param op who asks
     * @param index I32, on the CPU
     * @param shape the shape whose axis is indexed
     * @param axis the axis, which may count from the end
     * @throws ShapeException naming the first index that is out of range
     */
    public static void check(Op op, Tensor index, Shape shape, int axis) {
        int size = shape.dim(axis);
        if (index.isContiguous()) {
            long address = index.address();
            long end = address + 4 * index.size();
            int bad = 0;
            for (long at = address; at < end; at += 4) {
                int value = Memory.i32(at);
                bad |= value | size - 1 - value; // negative where the value, or what is left above it, is
            }
            if (bad >= 0) {
                return;
            }
        }
        for (long i = 0; i < index.size(); i++) {
            int value = (int) index.flat(i);
            if (value < 0 || value >= size) {
                throw new ShapeException(op.name() + ": index " + value + " out of range for axis " + axis + " of "
                        + shape + " (need 0 <= index < " + size + ")");
            }
        }
    }
}
