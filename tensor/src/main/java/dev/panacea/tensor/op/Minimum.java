package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** The smaller of two elements, broadcasting as NumPy does; at a tie the gradient goes to the first. */
public record Minimum() implements Op {
    @Override
    public String formula() {
        return "y = min(a, b)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Broadcast.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Broadcast.reference(in, out[0], Math::min);
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T first = v.input(0).le(v.input(1));
        T zero = v.lift(Tensor.zeros(v.spec(0).type()));
        return Vjp.of(
                v.needs(0) ? v.sumTo(0, v.gradient().where(first, zero)) : null,
                v.needs(1) ? v.sumTo(1, zero.where(first, v.gradient())) : null);
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
