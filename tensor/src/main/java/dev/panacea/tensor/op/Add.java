package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** Elementwise sum of two tensors, broadcasting as NumPy does. */
public record Add() implements Op {
    @Override
    public String formula() {
        return "y = a + b";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Broadcast.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Broadcast.reference(in, out[0], (a, b) -> a + b);
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.sumTo(0, v.gradient()), v.sumTo(1, v.gradient()));
    }

    @Override
    public List<Sample> samples() {
        return Broadcast.samples(this);
    }

    @Override
    public List<Refusal> refusals() {
        return Broadcast.refusals(this);
    }
}
