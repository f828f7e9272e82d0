package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Whether an element differs from another: a mask of 0 and 1 as U8, broadcasting as NumPy does. NaN differs from
 * everything.
 */
public record Ne() implements Op {
    @Override
    public String formula() {
        return "y = 1 where a != b, else 0";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Comparison.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Broadcast.reference(in, out[0], (a, b) -> a != b ? 1 : 0);
    }

    @Override
    public Differentiability differentiability() {
        return Differentiability.CONSTANT;
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(null, null);
    }

    @Override
    public List<Sample> samples() {
        return Comparison.samples(this);
    }

    @Override
    public List<Refusal> refusals() {
        return Broadcast.refusals(this);
    }
}
