package dev.panacea.tensor.op;

import dev.panacea.tensor.Layout;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * The elements along axes in the opposite order: a view with negative strides.
 *
 * @param axes the axes, each once; negative counts from the end
 */
public record Flip(List<Integer> axes) implements ViewOp {
    /** Flips these axes. */
    public static Flip of(int... axes) {
        return new Flip(Axes.of(axes));
    }

    @Override
    public String formula() {
        return "y[.., i, ..] = x[.., n - 1 - i, ..]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        if (axes.isEmpty()) {
            throw new ShapeException("flip: no axes (need one or more)");
        }
        Axes.reduced(this, in.getFirst().shape(), axes);
        return List.of(in.getFirst());
    }

    @Override
    public Layout view(Layout input) {
        long[] strides = input.strides().clone();
        long offset = input.offset();
        for (int axis : axes) {
            int at = input.shape().axis(name(), axis);
            offset += Math.max(0, input.shape().dim(at) - 1) * strides[at];
            strides[at] = -strides[at];
        }
        return new Layout(input.shape(), strides, offset);
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return v.gradient().apply(this, List.of(v.gradient()));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(of(0), Input.real(5)),
                Sample.of(of(1, 3), Input.real(2, 3, 6, 7)),
                Sample.of(of(-1), Input.real(3, 17)),
                Sample.of(of(0), Input.real(0, 3)),
                Sample.of(of(0, 1), Input.real(1, 4)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("flip: axis 2 out of range for [2, 3] (need -2..1)", () -> Tensor.zeros(2, 3).flip(2)),
                new Refusal("flip: axis 0 given twice: [0, 0] (need distinct axes)",
                        () -> Tensor.zeros(2, 3).flip(0, 0)),
                new Refusal("flip: no axes (need one or more)", () -> Tensor.zeros(2, 3).flip()));
    }
}
