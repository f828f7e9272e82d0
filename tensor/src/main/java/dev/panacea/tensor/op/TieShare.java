package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.Arrays;
import java.util.List;

/**
 * The part of each element in its group's extremum: 1/k for each of the k elements that equal it, 0 for others. It
 * carries the gradients of {@link Max} and {@link Min}. Inputs are x, and the extremum y with reduced axes kept as 1.
 *
 * @param axes the axes of the reduction; empty means all
 */
public record TieShare(List<Integer> axes) implements Op {
    @Override
    public String formula() {
        return "w_i = [x_i = y] / Σ_axes [x = y]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.floats(this, in);
        Check.shape(this, "extremum", in.get(1), Shape.of(Axes.kept(this, in.get(0).shape(), axes)));
        return List.of(in.getFirst());
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor x = in[0];
        Layout groups = Axes.groups(x.shape(), Axes.reduced(this, x.shape(), axes));
        int[] ties = new int[(int) in[1].size()];
        for (long i = 0; i < x.size(); i++) {
            int group = (int) groups.position(i);
            ties[group] += x.flat(i) == in[1].flat(group) ? 1 : 0;
        }
        for (long i = 0; i < x.size(); i++) {
            int group = (int) groups.position(i);
            out[0].flat(i, x.flat(i) == in[1].flat(group) ? 1.0 / ties[group] : 0);
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
        return Vjp.of(null, null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new TieShare(Axes.of(-1)),
                        Input.values(ElementType.F32, Shape.of(2, 5), 1, 3, 2, 3, 3, -1, -5, -1, -2, -7),
                        Input.values(ElementType.F32, Shape.of(2, 1), 3, -1)),
                Sample.of(new TieShare(Axes.of(0)), whole(40, 21), ones(1, 21)),
                Sample.of(new TieShare(Axes.of(1)), whole(3, 17, 18), ones(3, 1, 18)),
                Sample.of(new TieShare(Axes.of(0, 2)), whole(2, 3, 19, 2), ones(1, 3, 1, 2)),
                Sample.of(new TieShare(Axes.of()), whole(7, 19), ones(1, 1)),
                Sample.of(new TieShare(Axes.of(-1)), whole(3, 197), ones(3, 1)));
    }

    /** Elements 0, 1 and 2 in turn: a third of each group ties. */
    private static Input whole(int... dims) {
        double[] values = new double[(int) Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i + i / 7) % 3;
        }
        return Input.values(ElementType.F32, Shape.of(dims), values);
    }

    private static Input ones(int... dims) {
        double[] values = new double[(int) Shape.of(dims).size()];
        Arrays.fill(values, 1);
        return Input.values(ElementType.F32, Shape.of(dims), values);
    }

    @Override
    public List<Refusal> refusals() {
        TieShare op = new TieShare(Axes.of(1));
        return List.of(new Refusal("tieShare: extremum is [2, 3] (need [2, 1])",
                () -> Tensor.zeros(2, 3).apply(op, List.of(Tensor.zeros(2, 3), Tensor.zeros(2, 3)))));
    }
}
