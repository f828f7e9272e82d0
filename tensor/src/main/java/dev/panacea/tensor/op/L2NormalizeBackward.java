package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * Gradient of {@link L2Normalize}. Inputs are the gradient g of its output, that output y, and the divisor, with the
 * axis kept as 1; where the divisor is epsilon it counts as a constant.
 *
 * @param axis the axis of the vectors
 * @param epsilon the least divisor
 */
public record L2NormalizeBackward(int axis, double epsilon) implements UndifferentiatedOp {
    @Override
    public String formula() {
        return "dx = (g - y · Σ g·y) / norm; dx = g / epsilon where norm = epsilon";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 3, 3);
        Check.floats(this, in);
        Spec g = in.getFirst();
        int at = g.shape().axis(name(), axis);
        Check.shape(this, "output", in.get(1), g.shape());
        Check.shape(this, "norm", in.get(2), g.shape().with(at, 1));
        return List.of(g);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor g = in[0].transpose(axis, -1);
        Tensor y = in[1].transpose(axis, -1);
        Tensor norms = in[2].transpose(axis, -1);
        Tensor dx = out[0].transpose(axis, -1);
        int n = g.dim(-1);
        for (long row = 0; row < norms.size(); row++) {
            double norm = norms.flat(row);
            double dot = 0;
            for (int i = 0; i < n && (float) norm > (float) epsilon; i++) {
                dot += g.flat(row * n + i) * y.flat(row * n + i);
            }
            for (int i = 0; i < n; i++) {
                dx.flat(row * n + i, (g.flat(row * n + i) - y.flat(row * n + i) * dot) / norm);
            }
        }
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                sample(-1, 5, 3, 5),
                sample(0, 7, 7, 3),
                sample(1, 3, 2, 3, 17),
                sample(-1, 197, 4, 197));
    }

    /** Divisors lie on both sides of epsilon. */
    private static Sample sample(int axis, int terms, int... dims) {
        int[] kept = dims.clone();
        kept[axis < 0 ? dims.length + axis : axis] = 1;
        return Sample.of(new L2NormalizeBackward(axis, 1), Input.real(dims), Input.range(-1, 1, dims),
                Input.range(0.5, 3, kept)).reduces(terms);
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(2, 3);
        L2NormalizeBackward op = new L2NormalizeBackward(1, 1);
        return List.of(new Refusal("l2NormalizeBackward: norm is [2] (need [2, 1])",
                () -> x.apply(op, List.of(x, x, Tensor.zeros(2)))));
    }
}
