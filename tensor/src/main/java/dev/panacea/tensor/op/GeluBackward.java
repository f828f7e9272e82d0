package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link Gelu}: inputs are the gradient g of its output, and its input x.
 *
 * @param tanh whether the tanh form is meant
 */
public record GeluBackward(boolean tanh) implements Op {
    @Override
    public String formula() {
        return "dx = g · (Φ(x) + x · φ(x)), or the derivative of the tanh form";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.floats(this, in);
        Check.shape(this, "input", in.get(1), in.get(0).shape());
        return List.of(in.getFirst());
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Broadcast.reference(in, out[0], (g, x) -> g * (tanh ? GeluMath.tanhFormSlope(x) : GeluMath.exactSlope(x)));
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T u = v.gradient();
        T byG = v.needs(0) ? u.apply(this, List.of(u, v.input(1))).getFirst() : null;
        T byX = v.needs(1) ? u.mul(v.input(0)).mul(curvature(v.input(1))) : null;
        return Vjp.of(byG, byX);
    }

    /**
     * The second derivative of GELU: φ(x)·(2 − x²), or with s = sigmoid(z) its counterpart 2s'z' + x(s''z'² + s'z'').
     */
    private <T extends TensorOps<T>> T curvature(T x) {
        T square = x.mul(x);
        if (!tanh) {
            return square.affine(-0.5, 0).exp().mul(square.affine(-GeluMath.PEAK, 2 * GeluMath.PEAK));
        }
        T s = square.affine(GeluMath.CUBIC * GeluMath.SLOPE, GeluMath.SLOPE).mul(x).sigmoid();
        T first = square.affine(3 * GeluMath.CUBIC * GeluMath.SLOPE, GeluMath.SLOPE); // z'
        T second = x.affine(6 * GeluMath.CUBIC * GeluMath.SLOPE, 0); // z''
        T slope = s.sub(s.mul(s)); // s'
        T inner = s.affine(-2, 1).mul(first.mul(first)).add(second); // (s''z'² + s'z'') / s'
        return slope.mul(first.affine(2, 0).add(x.mul(inner)));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new GeluBackward(false), Input.real(3, 5, 17), Input.range(-5, 5, 3, 5, 17)),
                Sample.of(new GeluBackward(true), Input.real(3, 5, 17), Input.range(-5, 5, 3, 5, 17)),
                Sample.of(new GeluBackward(false), Input.real(129, 65), Input.range(-5, 5, 129, 65)),
                Sample.of(new GeluBackward(true), Input.real(129, 65), Input.range(-5, 5, 129, 65)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("geluBackward: input is [2, 4] (need [2, 3])",
                () -> Tensor.zeros(2, 3).apply(this, List.of(Tensor.zeros(2, 3), Tensor.zeros(2, 4)))));
    }
}
