package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Picks one element along an axis for every entry of an I32 index. The index has the rank of the input, and no other
 * axis longer than the input's; the result has the shape of the index.
 *
 * @param axis the axis that the index counts along; negative counts from the end
 */
public record Gather(int axis) implements Op {
    @Override
    public String formula() {
        return "y[.., i, ..] = x[.., index[.., i, ..], ..]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.type(this, "index", in.get(1), ElementType.I32);
        fit(this, in.get(0).shape(), in.get(1).shape(), axis);
        return List.of(in.get(0).with(in.get(1).shape()));
    }

    /** The index has the rank of what it points into, and is no longer on any axis but its own. */
    static void fit(Op op, Shape x, Shape index, int axis) {
        int at = x.axis(op.name(), axis);
        boolean fits = x.rank() == index.rank();
        for (int i = 0; fits && i < x.rank(); i++) {
            fits = i == at || index.dim(i) <= x.dim(i);
        }
        if (!fits) {
            throw new ShapeException(op.name() + ": index is " + index + " along axis " + axis + " of " + x
                    + " (need the same rank, and no other axis longer)");
        }
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Shape shape = in[0].shape();
        IndexRange.check(this, in[1], shape, axis);
        int at = shape.axis(name(), axis);
        int[] index = new int[shape.rank()];
        for (long i = 0; i < out[0].size(); i++) {
            Walk.index(out[0].shape(), i, index);
            index[at] = (int) in[1].flat(i);
            out[0].flat(i, in[0].at(index));
        }
    }

    @Override
    public boolean savesInput(int index) {
        return index == 1;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T zeros = v.lift(Tensor.full(v.spec(0).type(), 0)).expand(v.spec(0).shape().dims());
        return Vjp.of(v.gradient().apply(new ScatterAdd(axis), List.of(zeros, v.input(1), v.gradient())).getFirst(),
                null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Gather(0), Input.real(4, 5), Input.indices(4, 6, 5)),
                Sample.of(new Gather(-1), Input.real(3, 17), Input.indices(17, 3, 5)),
                Sample.of(new Gather(1), Input.real(2, 5, 19), Input.indices(5, 2, 3, 19)),
                Sample.of(new Gather(1), Input.real(4, 5, 6), Input.indices(5, 3, 7, 4)),
                Sample.of(new Gather(0), Input.real(9), Input.indices(9, 33)),
                Sample.of(new Gather(0), Input.indices(50, 9), Input.indices(9, 7)),
                Sample.of(new Gather(0), Input.real(3, 2), Input.indices(3, 0, 2)),
                Sample.of(new Gather(1), Input.real(65, 40), Input.indices(40, 65, 130)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("gather: index 3 out of range for axis 1 of [2, 3] (need 0 <= index < 3)",
                        () -> Tensor.zeros(2, 3).gather(1, Tensor.of(Shape.of(2, 2), 0, 2, 3, 4))),
                new Refusal("gather: index -1 out of range for axis 0 of [3] (need 0 <= index < 3)",
                        () -> Tensor.zeros(3).gather(0, Tensor.of(Shape.of(1), -1))),
                new Refusal("gather: index is [3, 1] along axis 1 of [2, 3] (need the same rank, and no other axis "
                        + "longer)", () -> Tensor.zeros(2, 3).gather(1, Tensor.zeros(ElementType.I32, 3, 1))),
                new Refusal("gather: index is F32 (need I32)", () -> Tensor.zeros(3).gather(0, Tensor.zeros(1))),
                new Refusal("gather: axis 2 out of range for [2, 3] (need -2..1)",
                        () -> Tensor.zeros(2, 3).gather(2, Tensor.zeros(ElementType.I32, 2, 3))));
    }
}
