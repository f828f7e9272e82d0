package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** The square root of each element; NaN below 0. */
public record Sqrt() implements Op {
    @Override
    public String formula() {
        return "y = √x";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], Math::sqrt);
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
        return Vjp.of(v.gradient().affine(0.5, 0).div(v.output(0)));
    }

    @Override
    public List<Sample> samples() {
        return Elementwise.samples(this, 0.2, 9);
    }

    @Override
    public List<Refusal> refusals() {
        return Elementwise.refusals(this);
    }
}
