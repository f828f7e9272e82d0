package dev.panacea.nn.onnx;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;

/**
 * What a node reads or makes, for batches of two sizes.
 *
 * @param name in the graph; of a constant the one it would like to have, or null
 * @param constant the elements where they are known, or null
 * @param few shape and type for the smaller batch
 * @param many shape for the larger one
 */
record Operand(String name, Tensor constant, Spec few, Shape many) {
    Operand named(String given) {
        return new Operand(given, constant, few, many);
    }

    Operand holding(Tensor elements) {
        return new Operand(name, elements, few, many);
    }

    boolean isConstant() {
        return constant != null;
    }

    int rank() {
        return few.rank();
    }

    /** The sizes, with -1 where they depend on the batch. */
    long[] dims() {
        long[] dims = new long[rank()];
        for (int axis = 0; axis < dims.length; axis++) {
            dims[axis] = few.dim(axis) == many.dim(axis) ? few.dim(axis) : -1;
        }
        return dims;
    }

    /**
     * The size of an axis.
     *
     * @throws ConfigException if it depends on the batch
     */
    int size(int axis) {
        if (few.dim(axis) != many.dim(axis)) {
            throw new ConfigException("onnx: axis " + axis + " of " + few + " depends on the batch (need a fixed one)");
        }
        return few.dim(axis);
    }
}
