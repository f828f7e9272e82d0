package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Variance over a set of axes, about the mean of the same elements.
 *
 * @param correction 0 divides by the number of elements n, 1 by n - 1
 * @param keepAxes whether reduced axes stay, with size 1
 * @param axes the axes; empty means all
 */
public record Variance(int correction, boolean keepAxes, List<Integer> axes) implements Op {
    /** Checks the correction. */
    public Variance {
        if (correction != 0 && correction != 1) {
            throw new ShapeException("variance: correction is " + correction + " (need 0 or 1)");
        }
    }

    /** Variance over these axes; none means all. */
    public static Variance over(int correction, boolean keepAxes, int... axes) {
        return new Variance(correction, keepAxes, Axes.of(axes));
    }

    @Override
    public String formula() {
        return "y = Σ_axes (x - mean x)² / (n - correction)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        List<Spec> result = Axes.shapes(this, in, keepAxes, axes);
        Axes.count(this, in.getFirst().shape(), axes, correction);
        return result;
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor x = in[0];
        boolean[] reduced = Axes.reduced(this, x.shape(), axes);
        long count = Axes.count(x.shape(), reduced);
        double[] sums = Axes.fold(x, reduced, 0, Double::sum);
        double[] squares = new double[sums.length];
        for (long i = 0; i < x.size(); i++) {
            int group = (int) Axes.groups(x.shape(), reduced).position(i);
            double d = x.flat(i) - sums[group] / count;
            squares[group] += d * d / (count - correction);
        }
        Axes.write(out[0], squares);
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        Shape shape = v.spec(0).shape();
        double divisor = Axes.count(this, shape, axes, correction) - correction;
        T x = v.input(0);
        T scale = v.gradient().affine(2 / divisor, 0).reshape(Axes.kept(this, shape, axes));
        return Vjp.of(x.sub(x.mean(true, Axes.array(axes))).mul(scale));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(over(0, false), Input.real(3, 5)).reduces(15),
                Sample.of(over(1, false, -1), Input.real(3, 37)).reduces(37),
                Sample.of(over(1, true, 0), Input.real(19, 5)).reduces(19),
                Sample.of(over(0, false, 1), Input.real(2, 9, 33)).reduces(9),
                Sample.of(over(1, false, 0, 2), Input.real(4, 3, 17)).reduces(68),
                Sample.of(over(0, true, 1, 3), Input.real(2, 3, 5, 7)).reduces(21),
                Sample.of(over(0, false), Input.real()),
                Sample.of(over(1, false), Input.range(6, 8, 70, 67)).reduces(4690),
                Sample.of(over(0, false, 0), Input.range(6, 8, 700, 19)).reduces(700));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("variance: too few elements: [2, 1] over axes [1] has 1 a group (need more than 1)",
                        () -> Tensor.zeros(2, 1).variance(1, false, 1)),
                new Refusal("variance: correction is 2 (need 0 or 1)", () -> Tensor.zeros(5).variance(2, false)));
    }
}
