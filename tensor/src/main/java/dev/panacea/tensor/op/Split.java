package dev.panacea.tensor.op;

import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts an axis into parts. Every part is a view, an output, and carries a gradient.
 *
 * @param axis the axis; negative counts from the end
 * @param sizes the sizes of the parts, in order; they sum to the axis
 */
public record Split(int axis, List<Integer> sizes) implements ViewOp {
    /** Cuts an axis into parts of these sizes. */
    public static Split into(int axis, int... sizes) {
        return new Split(axis, Axes.of(sizes));
    }

    @Override
    public String formula() {
        return "y_k[.., i, ..] = x[.., size_0 + ... + size_{k-1} + i, ..]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Shape shape = in.getFirst().shape();
        int dim = shape.dim(shape.axis(name(), axis));
        long sum = 0;
        boolean valid = !sizes.isEmpty();
        for (int size : sizes) {
            sum += size;
            valid &= size >= 0;
        }
        if (!valid || sum != dim) {
            throw new ShapeException("split: axis " + axis + " of " + shape + " into " + sizes
                    + " (need sizes >= 0 that sum to " + dim + ")");
        }
        return sizes.stream().map(size -> in.getFirst().with(shape.with(axis, size))).toList();
    }

    @Override
    public Layout view(Layout input) {
        return view(input, 0);
    }

    @Override
    public Layout view(Layout input, int output) {
        int start = 0;
        for (int part = 0; part < output; part++) {
            start += sizes.get(part);
        }
        return new Slice(axis, start, start + sizes.get(output), 1).view(input);
    }

    @Override
    public boolean carriesGradient(int output) {
        return true;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T zero = v.lift(Tensor.full(v.spec(0).type(), 0));
        List<T> gradients = new ArrayList<>();
        for (int part = 0; part < sizes.size(); part++) {
            T gradient = v.gradient(part);
            gradients.add(gradient != null ? gradient
                    : zero.expand(v.spec(0).shape().with(axis, sizes.get(part)).dims()));
        }
        return Vjp.of(TensorOps.concat(axis, gradients));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(into(0, 1, 3, 2), Input.real(6, 5)),
                Sample.of(into(-1, 4, 5), Input.real(3, 2, 9)),
                Sample.of(into(1, 0, 4), Input.real(2, 4)),
                Sample.of(into(0, 3), Input.real(3)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("split: axis 1 of [2, 6] into [2, 3] (need sizes >= 0 that sum to 6)",
                        () -> Tensor.zeros(2, 6).split(1, 2, 3)),
                new Refusal("split: axis 2 out of range for [2, 6] (need -2..1)",
                        () -> Tensor.zeros(2, 6).split(2, 2, 4)),
                new Refusal("split: axis 0 of [2, 6] into [] (need sizes >= 0 that sum to 2)",
                        () -> Tensor.zeros(2, 6).split(0)));
    }
}
