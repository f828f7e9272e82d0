package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Softmax along one axis, shifted by the largest element so that nothing overflows.
 *
 * @param axis the axis whose elements sum to one; negative counts from the end
 */
public record Softmax(int axis) implements Op {
    @Override
    public String formula() {
        return "y_i = exp(x_i - max x) / Σ_j exp(x_j - max x)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Check.floats(this, in);
        in.getFirst().shape().axis(name(), axis);
        return List.of(in.getFirst());
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor x = in[0].transpose(axis, -1);
        Tensor y = out[0].transpose(axis, -1);
        int n = x.dim(-1);
        for (long row = 0; row < x.size(); row += n) {
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < n; i++) {
                max = Math.max(max, x.flat(row + i));
            }
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += Math.exp(x.flat(row + i) - max);
            }
            for (int i = 0; i < n; i++) {
                y.flat(row + i, Math.exp(x.flat(row + i) - max) / sum);
            }
        }
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public boolean savesOutput(int index) {
        return true;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return v.gradient().apply(new SoftmaxBackward(axis), List.of(v.gradient(), v.output(0)));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.real(3, 5)),
                Sample.of(new Softmax(0), Input.real(7, 3)),
                Sample.of(new Softmax(1), Input.real(2, 3, 17)),
                Sample.of(new Softmax(-1), Input.range(-80, 80, 4, 49)),
                Sample.of(new Softmax(-1), Input.real(5, 197)),
                Sample.of(new Softmax(-1), Input.real(3, 1)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("softmax: axis 3 out of range for [2, 3] (need -2..1)",
                () -> Tensor.zeros(Shape.of(2, 3).dims()).softmax(3)));
    }
}
