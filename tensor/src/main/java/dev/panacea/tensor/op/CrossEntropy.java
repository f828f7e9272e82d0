package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Cross-entropy of logits [.., C] with classes (I32, [..]) or probabilities (the logits' type, [.., C]), averaged over
 * all rows. The second output is each row's log Σ exp, kept for the gradient.
 *
 * @param smoothing the share of each target that is spread evenly over all classes
 */
public record CrossEntropy(double smoothing) implements Op {
    @Override
    public String formula() {
        return "y = -mean_i Σ_j t'_ij · ln softmax(x_i)_j, t' = (1 - smoothing) · t + smoothing / C";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        rows(this, smoothing, in.get(0), in.get(1));
        Spec logits = in.getFirst();
        return List.of(logits.with(Shape.SCALAR), logits.with(logits.shape().without(-1)));
    }

    /** Checks logits and targets, for this op and its gradient. */
    static void rows(Op op, double smoothing, Spec logits, Spec targets) {
        if (!(smoothing >= 0 && smoothing <= 1)) {
            throw new ShapeException(op.name() + ": smoothing is " + smoothing + " (need 0..1)");
        }
        Check.floats(op, List.of(logits));
        if (logits.rank() == 0 || logits.dim(-1) == 0) {
            throw new ShapeException(op.name() + ": logits are " + logits.shape() + " (need [.., C] with C > 0)");
        }
        boolean classes = targets.type() == ElementType.I32;
        Check.shape(op, classes ? "classes" : "probabilities", targets,
                classes ? logits.shape().without(-1) : logits.shape());
        if (!classes) {
            Check.type(op, "probabilities", targets, logits.type());
        }
    }

    /** Whether the targets are classes, not probabilities. */
    public static boolean classes(Tensor targets) {
        return targets.type() == ElementType.I32;
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        int n = in[0].dim(-1);
        long rows = in[0].size() / n;
        if (classes(in[1])) {
            IndexRange.check(this, in[1], in[0].shape(), -1);
        }
        double loss = 0;
        for (long row = 0; row < rows; row++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < n; j++) {
                max = Math.max(max, in[0].flat(row * n + j));
            }
            double sum = 0;
            for (int j = 0; j < n; j++) {
                sum += Math.exp(in[0].flat(row * n + j) - max);
            }
            double logSum = max + Math.log(sum);
            for (int j = 0; j < n; j++) {
                loss += target(in[1], row, j, n) * (logSum - in[0].flat(row * n + j));
            }
            out[1].flat(row, logSum);
        }
        out[0].flat(0, loss / rows);
    }

    /** The smoothed target of one class of one row. */
    double target(Tensor targets, long row, int j, int n) {
        double t = classes(targets) ? (targets.flat(row) == j ? 1 : 0) : targets.flat(row * n + j);
        return (1 - smoothing) * t + smoothing / n;
    }

    @Override
    public boolean savesOutput(int index) {
        return index == 1;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T g = v.gradient();
        T byLogits = v.needs(0)
                ? g.apply(new CrossEntropyBackward(smoothing), List.of(g, v.input(0), v.input(1), v.output(1))).getFirst()
                : null;
        T byTargets = null;
        if (v.spec(1).type().isFloat() && v.needs(1)) {
            T surprise = v.output(1).unsqueeze(-1).sub(v.input(0)); // -ln softmax
            byTargets = surprise.mul(g.affine((1 - smoothing) * v.spec(0).dim(-1) / v.spec(0).shape().size(), 0));
        }
        return Vjp.of(byLogits, byTargets);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new CrossEntropy(0), Input.real(5, 3), Input.indices(3, 5)),
                Sample.of(new CrossEntropy(0.1), Input.real(4, 17), Input.indices(17, 4)),
                Sample.of(new CrossEntropy(0), Input.range(-30, 30, 2, 3, 7), Input.indices(7, 2, 3)),
                Sample.of(new CrossEntropy(0), Input.real(6, 5), Input.range(0, 0.4, 6, 5)),
                Sample.of(new CrossEntropy(0.2), Input.real(3, 40), Input.range(0, 0.05, 3, 40)),
                Sample.of(new CrossEntropy(0), Input.real(9), Input.indices(9)),
                Sample.of(new CrossEntropy(0), Input.real(301, 67), Input.indices(67, 301)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("crossEntropy: classes is [3] (need [2])",
                        () -> Tensor.zeros(2, 5).crossEntropy(Tensor.zeros(ElementType.I32, 3))),
                new Refusal("crossEntropy: probabilities is [2] (need [2, 5])",
                        () -> Tensor.zeros(2, 5).crossEntropy(Tensor.zeros(2))),
                new Refusal("crossEntropy: index 5 out of range for axis -1 of [2, 5] (need 0 <= index < 5)",
                        () -> Tensor.zeros(2, 5).crossEntropy(Tensor.of(Shape.of(2), 0, 5))));
    }
}
