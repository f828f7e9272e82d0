package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Any number of tensors one after another along an axis; their other axes are equal.
 *
 * @param axis the axis that grows; negative counts from the end
 */
public record Concat(int axis) implements Op {
    @Override
    public String formula() {
        return "y = [a | b | ...] along an axis";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, Integer.MAX_VALUE);
        Check.sameType(this, in);
        Shape first = in.getFirst().shape();
        int at = first.axis(name(), axis);
        long size = 0;
        for (Spec spec : in) {
            if (spec.rank() != first.rank() || !spec.shape().with(at, 0).equals(first.with(at, 0))) {
                throw new ShapeException("concat: " + first + " and " + spec.shape() + " along axis " + axis
                        + " (need all other axes equal)");
            }
            size += spec.dim(at);
        }
        if (size > Integer.MAX_VALUE) {
            throw new ShapeException("concat: axis " + axis + " would have " + size + " elements (need < 2^31)");
        }
        return List.of(in.getFirst().with(first.with(at, (int) size)));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        int start = 0;
        for (Tensor x : in) {
            Tensor part = out[0].slice(axis, start, start + x.dim(axis));
            for (long i = 0; i < x.size(); i++) {
                part.flat(i, x.flat(i));
            }
            start += x.dim(axis);
        }
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        List<T> gradients = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < v.inputs(); i++) {
            int size = v.spec(i).dim(axis);
            gradients.add(v.needs(i) ? v.gradient().slice(axis, start, start + size) : null);
            start += size;
        }
        return gradients;
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Concat(0), Input.real(2, 5), Input.real(3, 5), Input.real(1, 5)),
                Sample.of(new Concat(-1), Input.real(3, 2), Input.real(3, 17)),
                Sample.of(new Concat(1), Input.real(2, 3, 4), Input.real(2, 1, 4), Input.real(2, 0, 4)),
                Sample.of(new Concat(0), Input.real(7)),
                Sample.of(new Concat(0), Input.indices(9, 3), Input.indices(9, 4)),
                Sample.of(new Concat(-1), Input.real(4, 7, 33), Input.real(4, 7, 33), Input.real(4, 7, 1),
                        Input.real(4, 7, 64)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("concat: [2, 3] and [2, 4] along axis 0 (need all other axes equal)",
                        () -> TensorOps.concat(0, List.of(Tensor.zeros(2, 3), Tensor.zeros(2, 4)))),
                new Refusal("concat: element types differ: F32 and F64 (cast one: x.cast(F32))",
                        () -> TensorOps.concat(0, List.of(Tensor.zeros(2), Tensor.of(Shape.of(1), 1.0)))),
                new Refusal("concat: axis 1 out of range for [2] (need -1..0)",
                        () -> TensorOps.concat(1, List.of(Tensor.zeros(2), Tensor.zeros(2)))),
                new Refusal("concat: 0 inputs (need 1 or more)", () -> TensorOps.concat(0, List.<Tensor>of())));
    }
}
