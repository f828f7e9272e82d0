package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link LogSoftmax}: inputs are the gradient g of its output, and its output y.
 *
 * @param axis the axis of the softmax
 */
public record LogSoftmaxBackward(int axis) implements Op {
    @Override
    public String formula() {
        return "dx_i = g_i - exp(y_i) · Σ_j g_j";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.floats(this, in);
        in.getFirst().shape().axis(name(), axis);
        Check.shape(this, "output", in.get(1), in.get(0).shape());
        return List.of(in.getFirst());
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor g = in[0].transpose(axis, -1);
        Tensor y = in[1].transpose(axis, -1);
        Tensor dx = out[0].transpose(axis, -1);
        int n = g.dim(-1);
        for (long row = 0; row < g.size(); row += n) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += g.flat(row + i);
            }
            for (int i = 0; i < n; i++) {
                dx.flat(row + i, g.flat(row + i) - Math.exp(y.flat(row + i)) * sum);
            }
        }
    }

    /** With u the incoming gradient: ∂/∂g is u - Σ u·exp(y), and ∂/∂y is -u·exp(y)·Σg. */
    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T u = v.gradient();
        T share = u.mul(v.input(1).exp());
        return Vjp.of(
                v.needs(0) ? u.sub(share.sum(true, axis)) : null,
                v.needs(1) ? share.mul(v.input(0).sum(true, axis)).neg() : null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.real(3, 5), Input.range(-3, 0, 3, 5)).reduces(5),
                Sample.of(new LogSoftmaxBackward(0), Input.real(7, 3), Input.range(-3, 0, 7, 3)).reduces(7),
                Sample.of(new LogSoftmaxBackward(1), Input.real(2, 7, 19), Input.range(-3, 0, 2, 7, 19)).reduces(7),
                Sample.of(new LogSoftmaxBackward(-1), Input.real(5, 197), Input.range(-9, 0, 5, 197)).reduces(197));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("logSoftmaxBackward: output is [2, 4] (need [2, 3])",
                () -> Tensor.zeros(2, 3).apply(this, List.of(Tensor.zeros(2, 3), Tensor.zeros(2, 4)))));
    }
}
