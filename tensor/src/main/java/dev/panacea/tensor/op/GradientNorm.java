package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * Euclidean norm of a list of tensors, and the scale that clips it, both without leaving the device. Inputs are the
 * tensors; outputs are norm and scale, [] for all tensors as one vector, or [n] for each tensor by itself.
 *
 * @param most the norm above which the scale is less than 1; infinite for none
 * @param each whether each tensor is a vector of its own
 */
public record GradientNorm(double most, boolean each) implements UndifferentiatedOp {
    /** What PyTorch adds to the norm before it divides. */
    private static final double EPSILON = 1e-6;

    @Override
    public String formula() {
        return "n = √(Σ g²), scale = min(1, most / (n + 1e-6))";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, Integer.MAX_VALUE);
        Check.floats(this, in);
        Spec result = in.getFirst().with(each ? Shape.of(in.size()) : Shape.SCALAR);
        return List.of(result, result);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        double all = 0;
        for (int k = 0; k < in.length; k++) {
            double sum = 0;
            for (long i = 0; i < in[k].size(); i++) {
                sum += in[k].flat(i) * in[k].flat(i);
            }
            all += sum;
            if (each) {
                out[0].flat(k, Math.sqrt(sum));
                out[1].flat(k, scale(Math.sqrt(sum)));
            }
        }
        if (!each) {
            out[0].flat(0, Math.sqrt(all));
            out[1].flat(0, scale(Math.sqrt(all)));
        }
    }

    /** What a gradient of this norm is to be multiplied by. */
    public double scale(double norm) {
        return Math.min(1, most / (norm + EPSILON));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                TensorList.sample(this, null, Input.real(1)).reduces(131 * 257),
                TensorList.sample(new GradientNorm(1.5, true), null, Input.real(1)).reduces(131 * 257),
                Sample.of(new GradientNorm(Double.POSITIVE_INFINITY, false), Input.real(5)),
                Sample.of(this, Input.values(ElementType.F32, Shape.of(2), 1, Double.NaN)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("gradientNorm: element types differ: F32 and I32 (cast one: x.cast(F32))",
                () -> Tensor.zeros(2).apply(this, List.of(Tensor.zeros(2), Tensor.zeros(ElementType.I32, 2)))));
    }
}
