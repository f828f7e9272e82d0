package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.Launch;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntToLongFunction;

/** Layouts of several operands with as few axes as will do: axes that all operands walk as one become one. */
final class Loops {
    private Loops() {}

    /** The layouts, all of one shape, over fewer axes. */
    static Layout[] merged(Layout... layouts) {
        Shape shape = layouts[0].shape();
        int rank = shape.rank();
        int[] dims = new int[rank];
        long[][] strides = new long[layouts.length][rank];
        int used = 0;
        for (int axis = 0; axis < rank; axis++) {
            int dim = shape.dim(axis);
            if (dim == 1) {
                continue;
            }
            boolean joins = used > 0 && (long) dims[used - 1] * dim <= Integer.MAX_VALUE;
            for (int k = 0; joins && k < layouts.length; k++) {
                joins = strides[k][used - 1] == layouts[k].strides()[axis] * dim;
            }
            int at = joins ? used - 1 : used++;
            dims[at] = joins ? dims[at] * dim : dim;
            for (int k = 0; k < layouts.length; k++) {
                strides[k][at] = layouts[k].strides()[axis];
            }
        }
        Shape merged = Shape.of(Arrays.copyOf(dims, used));
        Layout[] result = new Layout[layouts.length];
        for (int k = 0; k < layouts.length; k++) {
            result[k] = new Layout(merged, Arrays.copyOf(strides[k], used), 0);
        }
        return result;
    }

    /** Whether kernels can walk these tensors, and what they broadcast to. */
    static boolean fit(Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (tensor.shape().rank() > Launch.MAX_RANK) {
                return false;
            }
        }
        return true;
    }

    /** Numbers that a kernel takes in the place of strides. */
    static Layout numbers(Shape shape, IntToLongFunction numbers) {
        long[] each = new long[shape.rank()];
        Arrays.setAll(each, numbers);
        return new Layout(shape, each, 0);
    }
}
