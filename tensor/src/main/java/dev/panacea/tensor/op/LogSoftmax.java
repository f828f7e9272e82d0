package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Logarithm of the softmax along one axis, without forming the softmax: small probabilities keep their precision.
 *
 * @param axis the axis; negative counts from the end
 */
public record LogSoftmax(int axis) implements Op {
    @Override
    public String formula() {
        return "y_i = x_i - max x - log Σ_j exp(x_j - max x)";
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
                y.flat(row + i, x.flat(row + i) - max - Math.log(sum));
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
        return v.gradient().apply(new LogSoftmaxBackward(axis), List.of(v.gradient(), v.output(0)));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.real(3, 5)),
                Sample.of(new LogSoftmax(0), Input.real(7, 3)),
                Sample.of(new LogSoftmax(1), Input.real(2, 3, 17)),
                Sample.of(new LogSoftmax(-1), Input.range(-80, 80, 4, 49)),
                Sample.of(new LogSoftmax(-1), Input.real(5, 197)),
                Sample.of(new LogSoftmax(-1), Input.real(3, 1)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("logSoftmax: axis 3 out of range for [2, 3] (need -2..1)",
                () -> Tensor.zeros(2, 3).logSoftmax(3)));
    }
}
