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
        return Axes.shapes(this, in, keepAxes, axes);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Axes.write(out[0], Axes.fold(in[0], Axes.reduced(this, in[0].shape(), axes), 0, Double::sum));
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        Shape shape = v.spec(0).shape();
        return Vjp.of(v.gradient().reshape(Axes.kept(this, shape, axes)).expand(shape.dims()));
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
                Sample.of(over(false, 1, 3), Input.real(2, 3, 5, 7)).reduces(21),
                Sample.of(over(true, 0, 2), Input.real(3, 5, 2, 19)).reduces(6),
                Sample.of(over(false), Input.real(70, 67)).reduces(4690),
                Sample.of(over(false, 0), Input.real(700, 19)).reduces(700));
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
