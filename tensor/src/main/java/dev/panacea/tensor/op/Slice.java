package dev.panacea.tensor.op;

import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Every {@code step}-th element of one axis between two indices.
 *
 * @param axis the axis; negative counts from the end
 * @param start the first index
 * @param end the index to stop before
 * @param step the distance between elements taken
 */
public record Slice(int axis, int start, int end, int step) implements ViewOp {
    @Override
    public String formula() {
        return "y[.., i, ..] = x[.., start + i·step, ..]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Shape shape = in.getFirst().shape();
        int dim = shape.dim(shape.axis(name(), axis));
        if (start < 0 || end < start || end > dim || step < 1) {
            throw new ShapeException("slice: " + start + ".." + end + " step " + step + " of axis " + axis + " of "
                    + shape + " (need 0 <= start <= end <= " + dim + ", step >= 1)");
        }
        return List.of(in.getFirst().with(shape.with(axis, length())));
    }

    private int length() {
        return (int) (((long) end - start + step - 1) / step);
    }

    @Override
    public Layout view(Layout input) {
        int at = input.shape().axis(name(), axis);
        long[] strides = input.strides().clone();
        long offset = input.offset() + start * strides[at];
        strides[at] *= step;
        return new Layout(input.shape().with(at, length()), strides, offset);
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return v.gradient().apply(new SliceBackward(this, v.spec(0).shape()), List.of(v.gradient()));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Slice(0, 1, 3, 1), Input.real(4, 5)),
                Sample.of(new Slice(-1, 1, 8, 3), Input.real(2, 9)),
                Sample.of(new Slice(1, 0, 17, 2), Input.real(2, 17, 3)),
                Sample.of(new Slice(1, 2, 2, 1), Input.real(2, 3)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("slice: 1..5 step 1 of axis 1 of [2, 3] (need 0 <= start <= end <= 3, step >= 1)",
                        () -> Tensor.zeros(2, 3).slice(1, 1, 5)),
                new Refusal("slice: axis 2 out of range for [2, 3] (need -2..1)",
                        () -> Tensor.zeros(2, 3).slice(2, 0, 1)));
    }
}
