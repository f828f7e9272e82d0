package dev.panacea.tensor.op;

import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Axes of size 1 repeated without a copy; axes may be added in front.
 *
 * @param dims the sizes of the result
 */
public record Expand(List<Integer> dims) implements ViewOp {
    /** Expand to these sizes. */
    public static Expand to(int... dims) {
        return new Expand(Axes.of(dims));
    }

    @Override
    public String formula() {
        return "y[i, j] = x[0, j] where the input's axis has size 1";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Shape from = in.getFirst().shape();
        Shape to = Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
        boolean fits = to.rank() >= from.rank();
        for (int i = 1; fits && i <= from.rank(); i++) {
            fits = from.dim(-i) == 1 || from.dim(-i) == to.dim(-i);
        }
        if (!fits) {
            throw new ShapeException("expand: " + from + " to " + to
                    + " (need equal sizes or 1, aligned at the last axis)");
        }
        return List.of(in.getFirst().with(to));
    }

    @Override
    public Layout view(Layout input) {
        Shape to = Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
        long[] strides = new long[to.rank()];
        int extra = to.rank() - input.shape().rank();
        for (int axis = extra; axis < to.rank(); axis++) {
            strides[axis] = input.shape().dim(axis - extra) == 1 ? 0 : input.strides()[axis - extra];
        }
        return new Layout(to, strides, input.offset());
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.sumTo(0, v.gradient()));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(to(4, 3), Input.real(1, 3)),
                Sample.of(to(2, 4, 3), Input.real(3)),
                Sample.of(to(2, 3, 17), Input.real(2, 1, 17)),
                Sample.of(to(5), Input.real()));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("expand: [2, 3] to [4, 3] (need equal sizes or 1, aligned at the last axis)",
                () -> Tensor.zeros(2, 3).expand(4, 3)));
    }
}
