package dev.panacea.tensor.op;

import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Each element, moved into a range where it lies outside; the gradient passes inside the range, ends included.
 *
 * @param low the least value
 * @param high the largest value
 */
public record Clamp(double low, double high) implements Op {
    @Override
    public String formula() {
        return "y = min(max(x, low), high)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        if (!(low <= high)) {
            throw new ShapeException("clamp: empty range: low " + low + ", high " + high + " (need low <= high)");
        }
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], x -> x < low ? low : x > high ? high : x);
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T zero = v.lift(Tensor.zeros(v.spec(0).type()));
        T x = v.input(0);
        T inside = v.gradient().where(x.ge(v.lift(Tensor.full(v.spec(0).type(), low))), zero);
        return Vjp.of(inside.where(x.le(v.lift(Tensor.full(v.spec(0).type(), high))), zero));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Clamp(-0.75, 0.5), Input.distinct(7)),
                Sample.of(new Clamp(0, Double.POSITIVE_INFINITY), Input.awayFromZero(3, 5, 17)),
                Sample.of(new Clamp(-1, 1), Input.range(-2, -1.5)),
                Sample.of(new Clamp(-1, 1.5), Input.distinct(83, 257)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("clamp: empty range: low 1.0, high -1.0 (need low <= high)",
                () -> Tensor.zeros(2).clamp(1, -1)));
    }
}
