package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.Arrays;
import java.util.List;

/**
 * What an op's vjp can see: the gradient of its first output, and those inputs and outputs that the op said it saves.
 *
 * @param <T> the carrier: tensors, or variables when the gradient is to be differentiated again
 */
public interface Vjp<T extends TensorOps<T>> {
    /** Number of inputs of the op. */
    int inputs();

    /**
     * An input as it was in forward.
     *
     * @throws IllegalStateException if {@link Op#savesInput} said no
     */
    T input(int index);

    /**
     * An output as it was in forward.
     *
     * @throws IllegalStateException if {@link Op#savesOutput} said no
     */
    T output(int index);

    /** Shape and type of an input, whether saved or not. */
    Spec spec(int index);

    /** Gradient of the loss by the first output; the shape of that output. */
    T gradient();

    /** Gradient of the loss by any output that carries one, or null where none has flowed to it. */
    T gradient(int output);

    /** Whether the gradient of this input is wanted; where not, the vjp may return null for it. */
    boolean needs(int index);

    /** A constant among the carriers. */
    T lift(Tensor constant);

    /** The gradients in the order of the inputs, null for none. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    static <T> List<T> of(T... gradients) {
        return Arrays.asList(gradients);
    }

    /** Undoes broadcasting: sums a gradient over the axes along which input {@code index} was repeated. */
    default T sumTo(int index, T gradient) {
        return sumTo(gradient, gradient.spec().shape(), spec(index).shape());
    }

    /** Sums {@code gradient} over every axis along which {@code target} was broadcast to {@code from}. */
    static <T extends TensorOps<T>> T sumTo(T gradient, Shape from, Shape target) {
        if (from.equals(target)) {
            return gradient;
        }
        int extra = from.rank() - target.rank();
        int[] axes = new int[from.rank()];
        int count = 0;
        for (int axis = 0; axis < from.rank(); axis++) {
            if (axis < extra || target.dim(axis - extra) == 1 && from.dim(axis) != 1) {
                axes[count++] = axis;
            }
        }
        return count == 0
                ? gradient.reshape(target.dims())
                : gradient.sum(true, Arrays.copyOf(axes, count)).reshape(target.dims());
    }
}
