package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * A multiple of each element plus a constant, rounded once.
 *
 * @param scale the factor
 * @param shift the constant
 */
public record Affine(double scale, double shift) implements Op {
    @Override
    public String formula() {
        return "y = scale · x + shift";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], x -> scale * x + shift);
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.gradient().affine(scale, 0));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Affine(-2, 0.5), Input.real(7)),
                Sample.of(new Affine(3, 0), Input.real(3, 5, 17)),
                Sample.of(new Affine(1, -0.25), Input.real()),
                Sample.of(new Affine(0.3, 0.1), Input.real(83, 257)));
    }

    @Override
    public List<Refusal> refusals() {
        return Elementwise.refusals(this);
    }
}
