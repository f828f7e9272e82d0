package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** The positive part of each element; its gradient at 0 is 0. */
public record Relu() implements Op {
    @Override
    public String formula() {
        return "y = max(x, 0)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], x -> x <= 0 ? 0 : x);
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public boolean savesOutput(int index) {
        return true;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return v.gradient().apply(new ReluBackward(), List.of(v.gradient(), v.output(0)));
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
