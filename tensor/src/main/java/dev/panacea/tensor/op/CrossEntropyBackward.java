package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link CrossEntropy} by its logits: inputs are the gradient g of the loss (a scalar), logits, targets,
 * and each row's log Σ exp.
 *
 * @param smoothing as in the loss
 */
public record CrossEntropyBackward(double smoothing) implements Op {
    @Override
    public String formula() {
        return "dx_ij = g / N · (softmax(x_i)_j · Σ_k t'_ik - t'_ij)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 4, 4);
        CrossEntropy.rows(this, smoothing, in.get(1), in.get(2));
        Check.shape(this, "gradient", in.get(0), Shape.SCALAR);
        Check.shape(this, "log sum", in.get(3), in.get(1).shape().without(-1));
        return List.of(in.get(1));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        CrossEntropy loss = new CrossEntropy(smoothing);
        int n = in[1].dim(-1);
        long rows = in[1].size() / n;
        double scale = in[0].flat(0) / rows;
        for (long row = 0; row < rows; row++) {
            double total = 0;
            for (int j = 0; j < n; j++) {
                total += loss.target(in[2], row, j, n);
            }
            for (int j = 0; j < n; j++) {
                double p = Math.exp(in[1].flat(row * n + j) - in[3].flat(row));
                out[0].flat(row * n + j, scale * (p * total - loss.target(in[2], row, j, n)));
            }
        }
    }

    @Override
    public Differentiability differentiability() {
        return Differentiability.REFUSED;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(null, null, null, null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new CrossEntropyBackward(0), Input.real(), Input.range(-3, 0, 5, 3), Input.indices(3, 5),
                        Input.range(1, 2, 5)),
                Sample.of(new CrossEntropyBackward(0.1), Input.real(), Input.range(-3, 0, 4, 17),
                        Input.indices(17, 4), Input.range(1, 2, 4)),
                Sample.of(new CrossEntropyBackward(0.1), Input.real(), Input.range(-3, 0, 3, 40),
                        Input.range(0, 0.05, 3, 40), Input.range(1, 2, 3)),
                Sample.of(new CrossEntropyBackward(0), Input.real(), Input.range(-3, 0, 301, 67),
                        Input.indices(67, 301), Input.range(1, 2, 301)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("crossEntropyBackward: log sum is [3] (need [2])",
                () -> Tensor.zeros(2).apply(this, List.of(Tensor.scalar(1), Tensor.zeros(2, 5),
                        Tensor.zeros(ElementType.I32, 2), Tensor.zeros(3)))));
    }
}
