package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Vectors along one axis scaled to Euclidean length 1; those shorter than epsilon are divided by epsilon, as PyTorch's
 * {@code F.normalize} does. The second output, for backward, is the divisor, with the axis kept as 1.
 *
 * @param axis the axis of the vectors; negative counts from the end
 * @param epsilon the least divisor
 */
public record L2Normalize(int axis, double epsilon) implements Op {
    @Override
    public String formula() {
        return "y = x / max(√(Σ x²), epsilon)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Check.floats(this, in);
        Spec x = in.getFirst();
        return List.of(x, x.with(x.shape().with(x.shape().axis(name(), axis), 1)));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor x = in[0].transpose(axis, -1);
        Tensor y = out[0].transpose(axis, -1);
        Tensor norms = out[1].transpose(axis, -1);
        int n = x.dim(-1);
        for (long row = 0; row < norms.size(); row++) {
            double squares = 0;
            for (int i = 0; i < n; i++) {
                squares += x.flat(row * n + i) * x.flat(row * n + i);
            }
            double norm = Math.max(Math.sqrt(squares), epsilon);
            for (int i = 0; i < n; i++) {
                y.flat(row * n + i, x.flat(row * n + i) / norm);
            }
            norms.flat(row, norm);
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
        return v.gradient().apply(new L2NormalizeBackward(axis, epsilon),
                List.of(v.gradient(), v.output(0), v.output(1)));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new L2Normalize(-1, 1e-12), Input.real(3, 5)).reduces(5),
                Sample.of(new L2Normalize(0, 1e-12), Input.real(7, 3)).reduces(7),
                Sample.of(new L2Normalize(1, 1e-12), Input.real(2, 3, 17)).reduces(3),
                Sample.of(new L2Normalize(-1, 100), Input.real(3, 37)).reduces(37),
                Sample.of(new L2Normalize(0, 100), Input.real(5, 19)).reduces(5),
                Sample.of(new L2Normalize(-1, 1e-12), Input.real(4, 197)).reduces(197));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("l2Normalize: axis 3 out of range for [2, 3] (need -2..1)",
                () -> Tensor.zeros(2, 3).l2Normalize(3, epsilon)));
    }
}
