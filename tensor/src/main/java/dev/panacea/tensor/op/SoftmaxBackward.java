package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link Softmax}: inputs are the gradient g of its output, and its output y.
 *
 * @param axis the axis of the softmax
 */
public record SoftmaxBackward(int axis) implements Op {
    @Override
    public String formula() {
        return "dx_i = y_i · (g_i - Σ_j g_j · y_j)";
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
            double dot = 0;
            for (int i = 0; i < n; i++) {
                dot += g.flat(row + i) * y.flat(row + i);
            }
            for (int i = 0; i < n; i++) {
                dx.flat(row + i, y.flat(row + i) * (g.flat(row + i) - dot));
            }
        }
    }

    /** With u the incoming gradient: ∂/∂g is the same map applied to u; ∂/∂y is u·(g - Σgy) - g·Σuy. */
    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T u = v.gradient();
        T g = v.input(0);
        T y = v.input(1);
        T byG = v.needs(0) ? u.apply(this, List.of(u, y)).getFirst() : null;
        T byY = null;
        if (v.needs(1)) {
            T gy = g.mul(y).sum(true, axis);
            T uy = u.mul(y).sum(true, axis);
            byY = u.mul(g.sub(gy)).sub(g.mul(uy));
        }
        return Vjp.of(byG, byY);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.real(3, 5), Input.range(0.01, 1, 3, 5)).reduces(5),
                Sample.of(new SoftmaxBackward(0), Input.real(7, 3), Input.range(0.01, 1, 7, 3)).reduces(7),
                Sample.of(new SoftmaxBackward(-1), Input.real(5, 197), Input.range(0.01, 1, 5, 197)).reduces(197));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("softmaxBackward: output is [2, 4] (need [2, 3])",
                () -> Tensor.zeros(2, 3).apply(this, List.of(Tensor.zeros(2, 3), Tensor.zeros(2, 4)))));
    }
}
