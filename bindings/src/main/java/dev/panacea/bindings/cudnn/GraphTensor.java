package dev.panacea.bindings.cudnn;

import dev.panacea.tensor.ElementType;

/**
 * A tensor of a graph.
 *
 * @param type F32 or BF16
 * @param dims sizes of its axes
 * @param strides in elements
 * @param descriptor what cuDNN knows of it
 */
record GraphTensor(ElementType type, long[] dims, long[] strides, Descriptor descriptor) {
    /** Strides of rows without gaps. */
    static long[] dense(long... dims) {
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= dims[axis];
        }
        return strides;
    }

    /** The same numbers with the last two exchanged. */
    static long[] turned(long[] numbers) {
        long[] turned = numbers.clone();
        turned[turned.length - 1] = numbers[numbers.length - 2];
        turned[turned.length - 2] = numbers[numbers.length - 1];
        return turned;
    }
}
