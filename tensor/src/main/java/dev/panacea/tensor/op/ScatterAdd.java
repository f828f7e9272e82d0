package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Adds every element of a source to the element of x that an I32 index names along an axis. Entries that meet in one
 * element are added in the order of the index, so the result is the same on every run.
 *
 * @param axis the axis that the index counts along; negative counts from the end
 */
public record ScatterAdd(int axis) implements Op {
    @Override
    public String formula() {
        return "y = x, then y[.., index[.., i, ..], ..] += source[.., i, ..] for i = 0, 1, ...";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 3, 3);
        Check.floats(this, List.of(in.get(0), in.get(2)));
        Check.type(this, "index", in.get(1), ElementType.I32);
        Check.shape(this, "source", in.get(2), in.get(1).shape());
        Gather.fit(this, in.get(0).shape(), in.get(1).shape(), axis);
        return List.of(in.get(0));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Shape shape = in[0].shape();
        IndexRange.check(this, in[1], shape, axis);
        int at = shape.axis(name(), axis);
        double[] sums = in[0].toDoubles();
        long[] strides = shape.contiguousStrides();
        int[] index = new int[shape.rank()];
        for (long i = 0; i < in[1].size(); i++) {
            Walk.index(in[1].shape(), i, index);
            index[at] = (int) in[1].flat(i);
            int flat = 0;
            for (int k = 0; k < index.length; k++) {
                flat += (int) (index[k] * strides[k]);
            }
            sums[flat] += in[2].flat(i);
        }
        for (int i = 0; i < sums.length; i++) {
            out[0].flat(i, sums[i]);
        }
    }

    @Override
    public boolean savesInput(int index) {
        return index == 1;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.gradient(), null, v.needs(2)
                ? v.gradient().apply(new Gather(axis), List.of(v.gradient(), v.input(1))).getFirst()
                : null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.real(5), Input.indices(5, 9), Input.real(9)).reduces(10),
                Sample.of(new ScatterAdd(0), Input.real(4, 5), Input.indices(4, 6, 5), Input.real(6, 5)).reduces(7),
                Sample.of(new ScatterAdd(-1), Input.real(3, 17), Input.indices(17, 3, 5), Input.real(3, 5)).reduces(6),
                Sample.of(new ScatterAdd(1), Input.real(2, 3, 19), Input.indices(3, 2, 5, 19), Input.real(2, 5, 19))
                        .reduces(6),
                Sample.of(new ScatterAdd(1), Input.real(4, 5, 6), Input.indices(5, 3, 7, 4), Input.real(3, 7, 4))
                        .reduces(8),
                Sample.of(new ScatterAdd(0), Input.real(3, 2), Input.indices(3, 0, 2), Input.real(0, 2)),
                Sample.of(new ScatterAdd(0), Input.real(7, 300), Input.indices(7, 20, 300), Input.real(20, 300))
                        .reduces(21));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("scatterAdd: index 4 out of range for axis 0 of [3] (need 0 <= index < 3)",
                        () -> Tensor.zeros(3).scatterAdd(0, Tensor.of(Shape.of(2), 1, 4), Tensor.ones(2))),
                new Refusal("scatterAdd: source is [3] (need [2])",
                        () -> Tensor.zeros(3).scatterAdd(0, Tensor.of(Shape.of(2), 1, 2), Tensor.ones(3))),
                new Refusal("scatterAdd: index is [2] along axis 0 of [3, 1] (need the same rank, and no other axis "
                        + "longer)",
                        () -> Tensor.zeros(3, 1).scatterAdd(0, Tensor.of(Shape.of(2), 1, 2), Tensor.ones(2))));
    }
}
