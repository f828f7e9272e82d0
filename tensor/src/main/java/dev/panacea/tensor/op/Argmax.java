package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Index of the largest element, as I32: along one axis, or of the flattened tensor. The first of equal elements wins;
 * NaN counts as larger than any number.
 *
 * @param keepAxes whether reduced axes stay, with size 1
 * @param axes the one axis; empty means all
 */
public record Argmax(boolean keepAxes, List<Integer> axes) implements Op {
    /** Checks that there is one axis at most. */
    public Argmax {
        if (axes.size() > 1) {
            throw new ShapeException("argmax: axes are " + axes + " (need one axis, or none for all)");
        }
    }

    /** Index along one axis, or over all. */
    public static Argmax over(boolean keepAxes, int... axes) {
        return new Argmax(keepAxes, Axes.of(axes));
    }

    @Override
    public String formula() {
        return "y = min { i : x_i = max x }";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Spec result = Axes.shapes(this, in, keepAxes, axes).getFirst();
        if (Axes.count(this, in.getFirst().shape(), axes, 0) > Integer.MAX_VALUE) {
            throw new ShapeException("argmax: indices over " + in.getFirst().shape() + " exceed I32 (need one axis)");
        }
        return List.of(result.with(ElementType.I32));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        boolean[] reduced = Axes.reduced(this, in[0].shape(), axes);
        Tensor x = axes.isEmpty() ? in[0].reshape(-1) : in[0].transpose(axes.getFirst(), -1);
        Tensor y = axes.isEmpty() ? out[0].reshape(1)
                : out[0].reshape(Axes.result(in[0].shape(), reduced, true).dims()).transpose(axes.getFirst(), -1);
        int n = x.dim(-1);
        for (long group = 0; group < y.size(); group++) {
            int best = 0;
            for (int i = 1; i < n; i++) {
                if (Double.compare(x.flat(group * n + i) + 0.0, x.flat(group * n + best) + 0.0) > 0) {
                    best = i;
                }
            }
            y.flat(group, best);
        }
    }

    @Override
    public Differentiability differentiability() {
        return Differentiability.CONSTANT;
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of((T) null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(over(false), Input.distinct(3, 5)),
                Sample.of(over(false, -1), Input.distinct(3, 37)),
                Sample.of(over(true, 0), Input.distinct(19, 5)),
                Sample.of(over(false, 1), Input.distinct(2, 5, 33)),
                Sample.of(over(false), Input.distinct(70, 67)),
                Sample.of(over(false, -1), Input.values(ElementType.F32, Shape.of(3, 4),
                        1, 2, 2, 0, -0.0, 0, -1, 0, 1, Double.NaN, 3, Double.NaN)),
                Sample.of(over(false, 0), Input.values(ElementType.F32, Shape.of(4, 3),
                        1, -0.0, 1, 2, 0, Double.NaN, 2, -1, 3, 0, 0, Double.NaN)),
                Sample.of(over(false), Input.real()));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("argmax: axes are [0, 1] (need one axis, or none for all)",
                        () -> Tensor.zeros(2, 3).argmax(false, 0, 1)),
                new Refusal("argmax: too few elements: [2, 0] over axes [1] has 0 a group (need more than 0)",
                        () -> Tensor.zeros(2, 0).argmax(false, 1)));
    }
}
