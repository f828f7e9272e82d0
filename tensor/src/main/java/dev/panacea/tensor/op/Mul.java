package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** Elementwise product of two tensors, broadcasting as NumPy does. */
public record Mul() implements Op {
    @Override
    public String formula() {
        return "y = a · b";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Broadcast.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Broadcast.reference(in, out[0], (a, b) -> a * b);
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(
                v.needs(0) ? v.sumTo(0, v.gradient().mul(v.input(1))) : null,
                v.needs(1) ? v.sumTo(1, v.gradient().mul(v.input(0))) : null);
    }

    @Override
    public List<Sample> samples() {
        return Broadcast.samples(this);
    }

    @Override
    public List<Refusal> refusals() {
        return Broadcast.refusals(this);
    }
}
