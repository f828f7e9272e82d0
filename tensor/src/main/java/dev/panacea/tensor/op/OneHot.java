package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.Arrays;
import java.util.List;

/**
 * For every I32 class label a row of F32 zeros with a one at the label, along a new last axis.
 *
 * @param classes the size of the new axis
 */
public record OneHot(int classes) implements Op {
    /** Checks the attribute. */
    public OneHot {
        if (classes < 1) {
            throw new ShapeException("oneHot: " + classes + " classes (need 1 or more)");
        }
    }

    @Override
    public String formula() {
        return "y[.., k] = 1 if k = x[..] else 0";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Check.type(this, "label", in.getFirst(), ElementType.I32);
        int[] dims = Arrays.copyOf(in.getFirst().shape().dims(), in.getFirst().rank() + 1);
        dims[dims.length - 1] = classes;
        return List.of(new Spec(Shape.of(dims), ElementType.F32));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        IndexRange.check(this, in[0], out[0].shape(), -1);
        for (long i = 0; i < out[0].size(); i++) {
            out[0].flat(i, in[0].flat(i / classes) == i % classes ? 1 : 0);
        }
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
        throw new UnsupportedOperationException("oneHot: the result is a constant to its labels");
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.indices(1, 5)),
                Sample.of(new OneHot(7), Input.indices(7, 3, 5)),
                Sample.of(new OneHot(19), Input.indices(19, 67)),
                Sample.of(new OneHot(3), Input.indices(3)),
                Sample.of(new OneHot(3), Input.indices(3, 0)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("oneHot: index 5 out of range for axis -1 of [2, 5] (need 0 <= index < 5)",
                        () -> Tensor.of(Shape.of(2), 4, 5).oneHot(5)),
                new Refusal("oneHot: label is F32 (need I32)", () -> Tensor.zeros(2).oneHot(3)),
                new Refusal("oneHot: 0 classes (need 1 or more)", () -> new OneHot(0)));
    }
}
