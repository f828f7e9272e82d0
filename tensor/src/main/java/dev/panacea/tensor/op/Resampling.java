package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * What pooling by averages and resizing have in common: the image x [B, C, H, W] goes through one linear map along its
 * rows and one along its columns, each given by {@link Taps}. So they share a shape rule, a gradient and a kernel.
 */
public sealed interface Resampling extends Op permits AvgPool2d, AdaptiveAvgPool2d, Bicubic,
        Bilinear, Nearest {
    /**
     * The map along one axis.
     *
     * @param axis 2 for the rows' index, 3 for the columns'
     * @param size number of inputs along it, at least 1
     */
    Taps taps(int axis, int size);

    /** Size of the output along one axis. */
    int outputs(Spec x, int axis);

    @Override
    default List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Check.floats(this, in);
        Spec x = in.getFirst();
        Check.rank(this, "input", x, 4);
        if (x.dim(2) < 1 || x.dim(3) < 1) {
            throw new ShapeException(name() + ": input is " + x.shape() + " (need at least one row and one column)");
        }
        return List.of(x.with(Shape.of(x.dim(0), x.dim(1), outputs(x, 2), outputs(x, 3))));
    }

    @Override
    default void reference(Tensor[] in, Tensor[] out) {
        map(taps(2, in[0].dim(2)), taps(3, in[0].dim(3)), in[0], out[0]);
    }

    /** Applies a map along the rows' index and one along the columns' to every plane. */
    static void map(Taps rows, Taps columns, Tensor x, Tensor y) {
        for (long i = 0; i < y.size(); i++) {
            int column = (int) (i % y.dim(3));
            int row = (int) (i / y.dim(3) % y.dim(2));
            long plane = i / y.dim(3) / y.dim(2) * x.dim(2) * x.dim(3);
            double sum = 0;
            for (int s = 0; s < rows.count(row); s++) {
                for (int t = 0; t < columns.count(column); t++) {
                    long at = plane + (long) (rows.first()[row] + s) * x.dim(3) + columns.first()[column] + t;
                    sum += x.flat(at) * rows.weights()[rows.offset()[row] + s]
                            * columns.weights()[columns.offset()[column] + t];
                }
            }
            y.flat(i, sum);
        }
    }

    @Override
    default boolean savesInput(int index) {
        return false;
    }

    @Override
    default <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return v.gradient().apply(new ResamplingBackward(this, v.spec(0).shape()), List.of(v.gradient()));
    }
}
