package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** The sign of each element: -1, 0 or 1. A constant to its input. */
public record Sign() implements Op {
    @Override
    public String formula() {
        return "y = sgn x";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], Math::signum);
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public Differentiability differentiability() {
        return Differentiability.CONSTANT;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of((T) null);
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
