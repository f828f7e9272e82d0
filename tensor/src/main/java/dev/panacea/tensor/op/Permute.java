package dev.panacea.tensor.op;

import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * The axes in another order.
 *
 * @param axes which axis of the input comes first, second, ...; negative counts from the end
 */
public record Permute(List<Integer> axes) implements ViewOp {
    /** The axes in this order. */
    public static Permute of(int... axes) {
        return new Permute(Axes.of(axes));
    }

    @Override
    public String formula() {
        return "y[i_axes[0], i_axes[1], ...] = x[i_0, i_1, ...]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Shape shape = in.getFirst().shape();
        int[] order = order(shape);
        int[] dims = new int[order.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = shape.dim(order[i]);
        }
        return List.of(in.getFirst().with(Shape.of(dims)));
    }

    private int[] order(Shape shape) {
        int[] order = new int[axes.size()];
        boolean[] seen = new boolean[shape.rank()];
        boolean valid = axes.size() == shape.rank();
        for (int i = 0; valid && i < order.length; i++) {
            order[i] = shape.axis(name(), axes.get(i));
            valid = !seen[order[i]];
            seen[order[i]] = true;
        }
        if (!valid) {
            throw new ShapeException("permute: axes " + axes + " for " + shape + " (need each axis once)");
        }
        return order;
    }

    @Override
    public Layout view(Layout input) {
        int[] order = order(input.shape());
        int[] dims = new int[order.length];
        long[] strides = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            dims[i] = input.shape().dim(order[i]);
            strides[i] = input.strides()[order[i]];
        }
        return new Layout(Shape.of(dims), strides, input.offset());
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        int[] order = order(v.spec(0).shape());
        int[] inverse = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            inverse[order[i]] = i;
        }
        return Vjp.of(v.gradient().permute(inverse));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(of(1, 0), Input.real(3, 5)),
                Sample.of(of(2, 0, 1), Input.real(2, 3, 4)),
                Sample.of(of(0, -1, 1, 2), Input.real(2, 3, 4, 5)),
                Sample.of(of(), Input.real()));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("permute: axes [0, 0] for [2, 3] (need each axis once)",
                        () -> Tensor.zeros(2, 3).permute(0, 0)),
                new Refusal("permute: axes [0] for [2, 3] (need each axis once)", () -> Tensor.zeros(2, 3).permute(0)));
    }
}
