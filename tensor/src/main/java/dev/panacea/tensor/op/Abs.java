package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** The magnitude of each element; its gradient at 0 is 0. */
public record Abs() implements Op {
    @Override
    public String formula() {
        return "y = |x|";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], Math::abs);
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.gradient().mul(v.input(0).sign()));
    }

    @Override
    public List<Sample> samples() {
        return Elementwise.samples(this, Input.awayFromZero(1));
    }

    @Override
    public List<Refusal> refusals() {
        return Elementwise.refusals(this);
    }
}
