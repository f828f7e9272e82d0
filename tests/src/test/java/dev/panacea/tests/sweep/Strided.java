package dev.panacea.tests.sweep;

import dev.panacea.tensor.Backend;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.Arrays;

/** Ways in which the elements of a tensor may lie in larger memory. */
public enum Strided {
    /** A gap after each element of the last axis. */
    SPREAD {
        @Override
        int[] memory(Shape shape) {
            return shape.rank() == 0 ? shape.dims() : shape.with(-1, 2 * shape.dim(-1)).dims();
        }

        @Override
        Tensor view(Tensor memory, Shape shape) {
            return shape.rank() == 0 ? memory : memory.slice(-1, 0, memory.dim(-1), 2);
        }
    },

    /** The axes laid out in reverse order. */
    TRANSPOSED {
        @Override
        int[] memory(Shape shape) {
            int rank = shape.rank();
            int[] dims = new int[rank];
            Arrays.setAll(dims, axis -> shape.dim(rank - 1 - axis));
            return dims;
        }

        @Override
        Tensor view(Tensor memory, Shape shape) {
            int[] reversed = new int[shape.rank()];
            Arrays.setAll(reversed, axis -> reversed.length - 1 - axis);
            return memory.permute(reversed);
        }
    },

    /** Inside larger axes, so that rows do not touch and the first element is not the memory's. */
    SHIFTED {
        @Override
        int[] memory(Shape shape) {
            return Arrays.stream(shape.dims()).map(dim -> dim + 3).toArray();
        }

        @Override
        Tensor view(Tensor memory, Shape shape) {
            Tensor view = memory;
            for (int axis = 0; axis < shape.rank(); axis++) {
                view = view.slice(axis, 1, 1 + shape.dim(axis));
            }
            return view;
        }
    };

    /** Sizes of the memory that holds a shape. */
    abstract int[] memory(Shape shape);

    /** The part of the memory that is the tensor. */
    abstract Tensor view(Tensor memory, Shape shape);

    /** The same values, lying so on a device. */
    public Tensor of(Tensor values, Backend device) {
        Tensor memory = Tensor.zeros(values.type(), memory(values.shape()));
        Tensor view = view(memory, values.shape());
        for (long i = 0; i < values.size(); i++) {
            view.flat(i, values.flat(i));
        }
        return view(memory.to(device), values.shape());
    }
}
