package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Sum over a set of axes.
 *
 * @param keepAxes whether reduced axes stay, with size 1
 * @param axes the axes; empty means all
 */
public record Sum(boolean keepAxes, List<Integer> axes) implements Op {
    /** Sum over these axes; none means all. */
    public static Sum over(boolean keepAxes, int... axes) {
        return new Sum(keepAxes, Axes.of(axes));
    }

    @Override
    public String formula() {
        return "y = Σ_axes x";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Check.floats(this, in);
        Shape shape = in.getFirst().shape();
        return List.of(in.getFirst().with(Axes.result(shape, Axes.reduced(this, shape, axes), keepAxes)));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Shape shape = in[0].shape();
        Tensor wide = out[0].reshape(Axes.result(shape, Axes.reduced(this, shape, axes), true).dims())
                .expand(shape.dims());
        double[] sums = new double[(int) out[0].size()];
        for (long i = 0; i < in[0].size(); i++) {
            sums[(int) wide.layout().position(i)] += in[0].flat(i);
        }
        for (int i = 0; i < sums.length; i++) {
            out[0].flat(i, sums[i]);
        }
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        Shape shape = v.spec(0).shape();
        Shape kept = Axes.result(shape, Axes.reduced(this, shape, axes), true);
        return Vjp.of(v.gradient().reshape(kept.dims()).expand(shape.dims()));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(over(false), Input.real(3, 5)).reduces(15),
                Sample.of(over(false, -1), Input.real(3, 37)).reduces(37),
                Sample.of(over(true, 0), Input.real(19, 5)).reduces(19),
                Sample.of(over(false, 0, 2), Input.real(4, 3, 17)).reduces(68),
                Sample.of(over(true, 1), Input.real(2, 5, 33)).reduces(5),
                Sample.of(over(false), Input.real()),
                Sample.of(over(false, 0), Input.real(0, 3)),
                Sample.of(over(false), Input.real(70, 67)).reduces(4690));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("sum: axis 2 out of range for [2, 3] (need -2..1)",
                        () -> Tensor.zeros(2, 3).sum(false, 2)),
                new Refusal("sum: axis -1 given twice: [1, -1] (need distinct axes)",
                        () -> Tensor.zeros(2, 3).sum(false, 1, -1)));
    }
}
