package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** Elementwise quotient of two tensors, broadcasting as NumPy does. */
public record Div() implements Op {
    @Override
    public String formula() {
        return "y = a / b";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Broadcast.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Broadcast.reference(in, out[0], (a, b) -> a / b);
    }

    @Override
    public boolean savesInput(int index) {
        return index == 1;
    }

    @Override
    public boolean savesOutput(int index) {
        return true;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T share = v.gradient().div(v.input(1));
        return Vjp.of(v.sumTo(0, share), v.needs(1) ? v.sumTo(1, share.mul(v.output(0)).neg()) : null);
    }

    @Override
    public List<Sample> samples() {
        return Broadcast.samples(this, Input.real(1), Input.range(0.5, 2, 1));
    }

    @Override
    public List<Refusal> refusals() {
        return Broadcast.refusals(this);
    }
}
