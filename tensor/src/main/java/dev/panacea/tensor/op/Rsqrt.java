package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** One over the square root of each element. */
public record Rsqrt() implements Op {
    @Override
    public String formula() {
        return "y = 1 / √x";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], x -> 1 / Math.sqrt(x));
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
        return Vjp.of(v.gradient().affine(-0.5, 0).mul(y).mul(y.mul(y)));
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
