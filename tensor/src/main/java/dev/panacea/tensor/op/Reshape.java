package dev.panacea.tensor.op;

import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.Arrays;
import java.util.List;

/**
 * The same elements, in row-major order, in another shape; without a copy where the strides allow it.
 *
 * @param dims the sizes; one may be -1 and follows from the others
 */
public record Reshape(List<Integer> dims) implements ViewOp {
    /** Reshape to these sizes. */
    public static Reshape to(int... dims) {
        return new Reshape(Axes.of(dims));
    }

    @Override
    public String formula() {
        return "y[flat] = x[flat]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        return List.of(in.getFirst().with(target(in.getFirst().shape())));
    }

    private Shape target(Shape shape) {
        int[] sizes = dims.stream().mapToInt(Integer::intValue).toArray();
        int open = -1;
        long known = 1;
        boolean valid = true;
        for (int axis = 0; axis < sizes.length; axis++) {
            if (sizes[axis] == -1) {
                valid &= open < 0;
                open = axis;
            } else {
                valid &= sizes[axis] >= 0;
                known *= Math.max(0, sizes[axis]);
            }
        }
        if (valid && open >= 0 && known > 0 && shape.size() % known == 0) {
            sizes[open] = (int) (shape.size() / known);
            known *= sizes[open];
        } else {
            valid &= open < 0;
        }
        if (!valid || known != shape.size()) {
            throw new ShapeException("reshape: " + shape + " to " + dims + " (need sizes whose product is "
                    + shape.size() + ", at most one of them -1)");
        }
        return Shape.of(sizes);
    }

    /** Walks both shapes from the last axis, matching groups of axes of equal product; each group must be dense. */
    @Override
    public Layout view(Layout input) {
        Shape from = input.shape();
        Shape to = target(from);
        if (input.isContiguous()) {
            return new Layout(to, to.contiguousStrides(), input.offset());
        }
        long[] strides = new long[to.rank()];
        Arrays.fill(strides, 1);
        int source = from.rank() - 1;
        int target = to.rank() - 1;
        while (source >= 0 && target >= 0) {
            long stride = input.strides()[source];
            long group = from.dim(source--);
            long made = 1;
            while (true) {
                while (target >= 0 && made < group) {
                    strides[target] = made * stride;
                    made *= to.dim(target--);
                }
                if (made == group) {
                    break;
                }
                if (source < 0 || from.dim(source) != 1 && input.strides()[source] != stride * group) {
                    return null;
                }
                group *= from.dim(source--);
            }
        }
        return new Layout(to, strides, input.offset());
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.gradient().reshape(v.spec(0).shape().dims()));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(to(6), Input.real(2, 3)),
                Sample.of(to(3, -1), Input.real(2, 3, 4)),
                Sample.of(to(2, 1, 12, 1), Input.real(2, 3, 4)),
                Sample.of(to(), Input.real(1, 1)),
                Sample.of(to(0, 7), Input.real(3, 0)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("reshape: [2, 3] to [4] (need sizes whose product is 6, at most one of them -1)",
                        () -> Tensor.zeros(2, 3).reshape(4)),
                new Refusal("reshape: [2, 3] to [-1, -1] (need sizes whose product is 6, at most one of them -1)",
                        () -> Tensor.zeros(2, 3).reshape(-1, -1)));
    }
}
