package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** The negative of each element. */
public record Neg() implements Op {
    @Override
    public String formula() {
        return "y = -x";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], x -> -x);
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.gradient().neg());
    }

    @Override
    public List<Sample> samples() {
        return Elementwise.samples(this, -2, 2);
    }

    @Override
    public List<Refusal> refusals() {
        return Elementwise.refusals(this);
    }
}
