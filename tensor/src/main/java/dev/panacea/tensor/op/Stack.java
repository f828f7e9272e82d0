package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Any number of tensors of one shape side by side along a new axis.
 *
 * @param axis where the new axis is in the result; negative counts from its end
 */
public record Stack(int axis) implements Op {
    @Override
    public String formula() {
        return "y[.., k, ..] = x_k[.., ..]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, Integer.MAX_VALUE);
        Check.sameType(this, in);
        Shape first = in.getFirst().shape();
        for (Spec spec : in) {
            if (!spec.shape().equals(first)) {
                throw new ShapeException("stack: " + first + " and " + spec.shape() + " (need equal shapes)");
            }
        }
        int at = at(first);
        int[] dims = new int[first.rank() + 1];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = i == at ? in.size() : first.dim(i < at ? i : i - 1);
        }
        return List.of(in.getFirst().with(Shape.of(dims)));
    }

    private int at(Shape shape) {
        int rank = shape.rank() + 1;
        if (axis < -rank || axis >= rank) {
            throw new ShapeException("stack: axis " + axis + " out of range for " + shape + " with a new axis (need "
                    + -rank + ".." + (rank - 1) + ")");
        }
        return axis < 0 ? axis + rank : axis;
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (int k = 0; k < in.length; k++) {
            Tensor part = out[0].slice(axis, k, k + 1);
            for (long i = 0; i < part.size(); i++) {
                part.flat(i, in[k].flat(i));
            }
        }
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        List<T> gradients = new ArrayList<>();
        for (int k = 0; k < v.inputs(); k++) {
            gradients.add(v.needs(k) ? v.gradient().select(axis, k) : null);
        }
        return gradients;
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Stack(0), Input.real(4, 5), Input.real(4, 5), Input.real(4, 5)),
                Sample.of(new Stack(-1), Input.real(3, 17), Input.real(3, 17)),
                Sample.of(new Stack(1), Input.real(2, 3, 5), Input.real(2, 3, 5)),
                Sample.of(new Stack(0), Input.real(), Input.real()),
                Sample.of(new Stack(0), Input.mask(5), Input.mask(5)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("stack: [2, 3] and [3, 2] (need equal shapes)",
                        () -> TensorOps.stack(0, List.of(Tensor.zeros(2, 3), Tensor.zeros(3, 2)))),
                new Refusal("stack: axis 3 out of range for [2, 3] with a new axis (need -3..2)",
                        () -> TensorOps.stack(3, List.of(Tensor.zeros(2, 3), Tensor.zeros(2, 3)))));
    }
}
