package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Arithmetic mean over a set of axes.
 *
 * @param keepAxes whether reduced axes stay, with size 1
 * @param axes the axes; empty means all
 */
public record Mean(boolean keepAxes, List<Integer> axes) implements Op {
    /** Mean over these axes; none means all. */
    public static Mean over(boolean keepAxes, int... axes) {
        return new Mean(keepAxes, Axes.of(axes));
    }

    @Override
    public String formula() {
        return "y = Σ_axes x / n";
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
        double[] y = Axes.fold(in[0], reduced, 0, Double::sum);
        for (int i = 0; i < y.length; i++) {
            y[i] /= Axes.count(in[0].shape(), reduced);
        }
        Axes.write(out[0], y);
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        Shape shape = v.spec(0).shape();
        T share = v.gradient().affine(1.0 / Axes.count(this, shape, axes, 0), 0);
        return Vjp.of(share.reshape(Axes.kept(this, shape, axes)).expand(shape.dims()));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(over(false), Input.real(3, 5)).reduces(15),
                Sample.of(over(true, -1), Input.real(3, 37)).reduces(37),
                Sample.of(over(false, 0, 2), Input.real(4, 3, 17)).reduces(68),
                Sample.of(over(false, 1, 2), Input.real(2, 5, 3, 33)).reduces(15),
                Sample.of(over(false), Input.real()),
                Sample.of(over(false), Input.real(70, 67)).reduces(4690));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("mean: too few elements: [0, 3] over axes [0] has 0 a group (need more than 0)",
                        () -> Tensor.zeros(0, 3).mean(false, 0)),
                new Refusal("mean: axis 2 out of range for [2, 3] (need -2..1)",
                        () -> Tensor.zeros(2, 3).mean(false, 2)));
    }
}
