package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Smallest element over a set of axes; NaN where any element is NaN. The gradient is split evenly among equal
 * minima, as PyTorch's {@code amin} does.
 *
 * @param keepAxes whether reduced axes stay, with size 1
 * @param axes the axes; empty means all
 */
public record Min(boolean keepAxes, List<Integer> axes) implements Op {
    /** Smallest over these axes; none means all. */
    public static Min over(boolean keepAxes, int... axes) {
        return new Min(keepAxes, Axes.of(axes));
    }

    @Override
    public String formula() {
        return "y = min_axes x";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        List<Spec> result = Axes.shapes(this, in, keepAxes, axes);
        Axes.count(this, in.getFirst().shape(), axes, 0);
        return result;
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        boolean[] reduced = Axes.reduced(this, in[0].shape(), axes);
        Axes.write(out[0], Axes.fold(in[0], reduced, Double.POSITIVE_INFINITY, Math::min));
    }

    @Override
    public boolean savesOutput(int index) {
        return true;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        Shape shape = v.spec(0).shape();
        int[] kept = Axes.kept(this, shape, axes);
        T share = v.gradient().apply(new TieShare(axes), List.of(v.input(0), v.output(0).reshape(kept))).getFirst();
        return Vjp.of(v.gradient().reshape(kept).mul(share));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(over(false), Input.distinct(3, 5)),
                Sample.of(over(false, -1), Input.distinct(3, 37)),
                Sample.of(over(true, 0), Input.distinct(19, 5)),
                Sample.of(over(false, 0, 2), Input.distinct(4, 3, 17)),
                Sample.of(over(true, 1), Input.distinct(2, 5, 33)),
                Sample.of(over(false, 1, 3), Input.distinct(2, 3, 5, 7)),
                Sample.of(over(false), Input.real()),
                Sample.of(over(false), Input.distinct(70, 67)),
                Sample.of(over(false, 0), Input.distinct(300, 19)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("min: too few elements: [0, 3] over axes [0] has 0 a group (need more than 0)",
                        () -> Tensor.zeros(0, 3).min(false, 0)),
                new Refusal("min: axis -1 given twice: [1, -1] (need distinct axes)",
                        () -> Tensor.zeros(2, 3).min(false, 1, -1)));
    }
}
