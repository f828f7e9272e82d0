package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Binary cross-entropy of logits with targets in 0..1, averaged over all elements. Inputs are logits x and targets t of
 * one shape, then optionally weights w of the elements, then optionally weights p of the positive part; both broadcast
 * to the logits' shape.
 */
public record BceWithLogits() implements Op {
    @Override
    public String formula() {
        return "y = mean w · ((1 - t) · x + (1 + (p - 1) · t) · ln(1 + e^-x))";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 4);
        operands(this, in);
        return List.of(in.getFirst().with(Shape.SCALAR));
    }

    /** Checks logits, targets and weights, for this op and its gradient. */
    static void operands(Op op, List<Spec> in) {
        Check.floats(op, in);
        Shape shape = in.getFirst().shape();
        Check.shape(op, "target", in.get(1), shape);
        for (Spec weight : in.subList(2, in.size())) {
            if (!Shape.broadcast(op.name(), shape, weight.shape()).equals(shape)) {
                throw new ShapeException(op.name() + ": weight is " + weight.shape() + " (need a shape that broadcasts to "
                        + shape + ")");
            }
        }
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor w = in.length > 2 ? in[2].expand(in[0].shape().dims()) : null;
        Tensor p = in.length > 3 ? in[3].expand(in[0].shape().dims()) : null;
        double sum = 0;
        for (long i = 0; i < in[0].size(); i++) {
            double x = in[0].flat(i);
            double t = in[1].flat(i);
            double softplus = Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            double positive = p == null ? 1 : p.flat(i);
            sum += (w == null ? 1 : w.flat(i)) * ((1 - t) * x + (1 + (positive - 1) * t) * softplus);
        }
        out[0].flat(0, sum / in[0].size());
    }

    /** With s = ln(1 + e^-x): ∂/∂t is w·((p - 1)·s - x), ∂/∂w the loss itself, ∂/∂p is w·t·s. */
    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T x = v.input(0);
        T t = v.input(1);
        T w = v.inputs() > 2 ? v.input(2) : null;
        T p = v.inputs() > 3 ? v.input(3) : null;
        List<T> operands = p != null ? List.of(x, t, w, p) : w != null ? List.of(x, t, w) : List.of(x, t);
        T byX = v.needs(0) ? x.apply(new BceWithLogitsBackward(), prepend(v.gradient(), operands)).getFirst() : null;
        List<T> gradients = new ArrayList<>(v.inputs());
        gradients.add(byX);
        boolean more = v.needs(1) || w != null && v.needs(2) || p != null && v.needs(3);
        T share = more ? v.gradient().affine(1.0 / v.spec(0).shape().size(), 0) : null;
        T softplus = more ? x.neg().relu().add(x.abs().neg().exp().affine(1, 1).log()) : null;
        T excess = more && p != null ? p.affine(1, -1) : null;
        gradients.add(v.needs(1) ? weigh(excess == null ? x.neg() : excess.mul(softplus).sub(x), share, w) : null);
        if (w != null) {
            T positive = excess == null || !more ? softplus : excess.mul(t).affine(1, 1).mul(softplus);
            gradients.add(v.needs(2) ? v.sumTo(2, t.affine(-1, 1).mul(x).add(positive).mul(share)) : null);
        }
        if (p != null) {
            gradients.add(v.needs(3) ? v.sumTo(3, weigh(t.mul(softplus), share, w)) : null);
        }
        return gradients;
    }

    private static <T extends TensorOps<T>> T weigh(T slope, T share, T w) {
        return w == null ? slope.mul(share) : slope.mul(share).mul(w);
    }

    private static <T> List<T> prepend(T first, List<T> rest) {
        List<T> all = new ArrayList<>(rest);
        all.addFirst(first);
        return all;
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.awayFromZero(7), Input.range(0, 1, 7)),
                Sample.of(this, Input.awayFromZero(5, 3), Input.range(0, 1, 5, 3), Input.range(0.2, 2, 3)),
                Sample.of(this, Input.awayFromZero(5, 3), Input.range(0, 1, 5, 3), Input.range(0.2, 2, 5, 3),
                        Input.range(0.5, 3, 3)),
                Sample.of(this, Input.range(-40, 40, 33, 5), Input.range(0, 1, 33, 5)).tolerance(2e-5), // sums of large terms
                Sample.of(this, Input.awayFromZero(83, 257), Input.range(0, 1, 83, 257), Input.range(0.2, 2, 257)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("bceWithLogits: target is [3] (need [2])",
                        () -> Tensor.zeros(2).bceWithLogits(Tensor.zeros(3))),
                new Refusal("bceWithLogits: weight is [4, 2] (need a shape that broadcasts to [2])",
                        () -> Tensor.zeros(2).bceWithLogits(Tensor.zeros(2), Tensor.zeros(4, 2))));
    }
}
