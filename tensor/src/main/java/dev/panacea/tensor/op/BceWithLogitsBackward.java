package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.Collections;
import java.util.List;

/** Gradient of {@link BceWithLogits} by its logits: the gradient g of the loss (a scalar), then the loss's inputs. */
public record BceWithLogitsBackward() implements Op {
    @Override
    public String formula() {
        return "dx = g / N · w · ((1 - t) · s - p · t · (1 - s)), s = 1 / (1 + e^-x)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 3, 5);
        Check.shape(this, "gradient", in.getFirst(), Shape.SCALAR);
        BceWithLogits.operands(this, in.subList(1, in.size()));
        return List.of(in.get(1));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        int[] dims = in[1].shape().dims();
        Tensor w = in.length > 3 ? in[3].expand(dims) : null;
        Tensor p = in.length > 4 ? in[4].expand(dims) : null;
        double scale = in[0].flat(0) / in[1].size();
        for (long i = 0; i < in[1].size(); i++) {
            double t = in[2].flat(i);
            double s = 1 / (1 + Math.exp(-in[1].flat(i)));
            double slope = (1 - t) * s - (p == null ? 1 : p.flat(i)) * t * (1 - s);
            out[0].flat(i, scale * (w == null ? 1 : w.flat(i)) * slope);
        }
    }

    @Override
    public Differentiability differentiability() {
        return Differentiability.REFUSED;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Collections.nCopies(v.inputs(), null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.real(), Input.real(7), Input.range(0, 1, 7)),
                Sample.of(this, Input.real(), Input.real(5, 3), Input.range(0, 1, 5, 3), Input.range(0.2, 2, 3)),
                Sample.of(this, Input.real(), Input.real(5, 3), Input.range(0, 1, 5, 3), Input.range(0.2, 2, 5, 3),
                        Input.range(0.5, 3, 3)),
                Sample.of(this, Input.real(), Input.range(-40, 40, 83, 257), Input.range(0, 1, 83, 257)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("bceWithLogitsBackward: gradient is [2] (need [])",
                () -> Tensor.zeros(2).apply(this, List.of(Tensor.zeros(2), Tensor.zeros(2), Tensor.zeros(2)))));
    }
}
