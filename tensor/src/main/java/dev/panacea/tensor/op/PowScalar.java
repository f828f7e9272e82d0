package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Each element to one power.
 *
 * @param exponent the power
 */
public record PowScalar(double exponent) implements Op {
    @Override
    public String formula() {
        return "y = x^exponent";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], x -> Math.pow(x, exponent));
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T slope = exponent == 2 ? v.input(0).affine(2, 0) : v.input(0).pow(exponent - 1).affine(exponent, 0);
        return Vjp.of(v.gradient().mul(slope));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new PowScalar(2), Input.real(7)),
                Sample.of(new PowScalar(3), Input.real(3, 5, 17)),
                Sample.of(new PowScalar(-1), Input.awayFromZero(33)),
                Sample.of(new PowScalar(2.5), Input.range(0.1, 3, 5, 7)),
                Sample.of(new PowScalar(-0.5), Input.range(0.2, 3, 129, 65)));
    }

    @Override
    public List<Refusal> refusals() {
        return Elementwise.refusals(this);
    }
}
