package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** Elementwise power of two tensors, broadcasting as NumPy does; NaN where a base below 0 has no real power. */
public record Pow() implements Op {
    @Override
    public String formula() {
        return "y = a^b";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Broadcast.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Broadcast.reference(in, out[0], Math::pow);
    }

    @Override
    public boolean savesOutput(int index) {
        return true;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T g = v.gradient();
        T a = v.input(0);
        T b = v.input(1);
        T byA = v.needs(0) ? v.sumTo(0, g.mul(b).mul(a.pow(b.affine(1, -1)))) : null;
        T byB = v.needs(1) // 0^b stays 0 as b moves, so the logarithm must not be infinite there
                ? v.sumTo(1, g.mul(v.output(0)).mul(a.clamp(Float.MIN_NORMAL, Double.POSITIVE_INFINITY).log()))
                : null;
        return Vjp.of(byA, byB);
    }

    @Override
    public List<Sample> samples() {
        return Broadcast.samples(this, Input.range(0.5, 2, 1), Input.range(-1.5, 1.5, 1));
    }

    @Override
    public List<Refusal> refusals() {
        return Broadcast.refusals(this);
    }
}
