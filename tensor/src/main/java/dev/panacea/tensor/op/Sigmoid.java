package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** The logistic function of each element. */
public record Sigmoid() implements Op {
    @Override
    public String formula() {
        return "y = 1 / (1 + e^-x)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], x -> 1 / (1 + Math.exp(-x)));
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
        T y = v.output(0);
        return Vjp.of(v.gradient().mul(y.sub(y.mul(y))));
    }

    @Override
    public List<Sample> samples() {
        return Elementwise.samples(this, -9, 9);
    }

    @Override
    public List<Refusal> refusals() {
        return Elementwise.refusals(this);
    }
}
