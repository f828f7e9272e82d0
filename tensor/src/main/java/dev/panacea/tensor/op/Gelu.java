package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gaussian error linear unit: x times the normal distribution function of x, exact or in its tanh form.
 *
 * @param tanh whether the tanh form is meant
 */
public record Gelu(boolean tanh) implements Op {
    @Override
    public String formula() {
        return "y = x · Φ(x), or y = ½x · (1 + tanh(√(2/π) · (x + 0.044715 x³)))";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], tanh ? GeluMath::tanhForm : GeluMath::exact);
    }

    @Override
    public boolean recomputes(int output) {
        return true;
    }

    @Override
    public Tensor recompute(int output, Vjp<Tensor> saved) {
        return saved.input(0).apply(this, List.of(saved.input(0))).getFirst();
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return v.gradient().apply(new GeluBackward(tanh), List.of(v.gradient(), v.input(0)));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Gelu(false), Input.range(-6, 6, 3, 5, 17)),
                Sample.of(new Gelu(true), Input.range(-6, 6, 3, 5, 17)),
                Sample.of(new Gelu(false), Input.range(-9, 9, 83, 257)),
                Sample.of(new Gelu(true), Input.range(-9, 9, 83, 257)),
                Sample.of(new Gelu(false), Input.real()));
    }

    @Override
    public List<Refusal> refusals() {
        return Elementwise.refusals(this);
    }
}
