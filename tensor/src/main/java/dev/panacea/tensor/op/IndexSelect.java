package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Picks whole slices along an axis, named by an I32 vector: rows of a table, say.
 *
 * @param axis the axis that the index counts along; negative counts from the end
 */
public record IndexSelect(int axis) implements Op {
    @Override
    public String formula() {
        return "y[.., i, ..] = x[.., index[i], ..]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.type(this, "index", in.get(1), ElementType.I32);
        Check.rank(this, "index", in.get(1), 1);
        int at = in.get(0).shape().axis(name(), axis);
        return List.of(in.get(0).with(in.get(0).shape().with(at, in.get(1).dim(0))));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Shape shape = in[0].shape();
        IndexRange.check(this, in[1], shape, axis);
        int at = shape.axis(name(), axis);
        int[] index = new int[shape.rank()];
        for (long i = 0; i < out[0].size(); i++) {
            Walk.index(out[0].shape(), i, index);
            index[at] = (int) in[1].at(index[at]);
            out[0].flat(i, in[0].at(index));
        }
    }

    @Override
    public boolean savesInput(int index) {
        return index == 1;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        IndexSelectBackward backward = new IndexSelectBackward(axis, v.spec(0).dim(axis));
        return Vjp.of(v.gradient().apply(backward, List.of(v.gradient(), v.input(1))).getFirst(), null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new IndexSelect(0), Input.real(4, 5), Input.indices(4, 6)),
                Sample.of(new IndexSelect(-1), Input.real(3, 17), Input.indices(17, 5)),
                Sample.of(new IndexSelect(1), Input.real(2, 5, 19), Input.indices(5, 3)),
                Sample.of(new IndexSelect(0), Input.real(9), Input.indices(9, 33)),
                Sample.of(new IndexSelect(0), Input.mask(9, 3), Input.indices(9, 4)),
                Sample.of(new IndexSelect(1), Input.real(2, 3), Input.indices(3, 0)),
                Sample.of(new IndexSelect(0), Input.real(40, 70), Input.indices(40, 130)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("indexSelect: index 2 out of range for axis 0 of [2, 3] (need 0 <= index < 2)",
                        () -> Tensor.zeros(2, 3).indexSelect(0, Tensor.of(Shape.of(3), 0, 1, 2))),
                new Refusal("indexSelect: index is [1, 2] (need 1 axes)",
                        () -> Tensor.zeros(2, 3).indexSelect(0, Tensor.zeros(ElementType.I32, 1, 2))),
                new Refusal("indexSelect: index is F32 (need I32)",
                        () -> Tensor.zeros(2, 3).indexSelect(0, Tensor.zeros(2))));
    }
}
