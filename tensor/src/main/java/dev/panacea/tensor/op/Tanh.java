package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** The hyperbolic tangent of each element. */
public record Tanh() implements Op {
    @Override
    public String formula() {
        return "y = tanh x";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], Math::tanh);
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
        return Vjp.of(v.gradient().mul(y.mul(y).affine(-1, 1)));
    }

    @Override
    public List<Sample> samples() {
        return Elementwise.samples(this, -4, 4);
    }

    @Override
    public List<Refusal> refusals() {
        return Elementwise.refusals(this);
    }
}
