package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link IndexSelect}: inputs are the gradient g of its output, and its index. Slices that meet in one are
 * added in the order of the index, so the result is the same on every run.
 *
 * @param axis the axis that the index counts along
 * @param size the size of that axis in the result
 */
public record IndexSelectBackward(int axis, int size) implements Op {
    @Override
    public String formula() {
        return "dx = 0, then dx[.., index[i], ..] += g[.., i, ..] for i = 0, 1, ...";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.floats(this, in.subList(0, 1));
        Check.type(this, "index", in.get(1), ElementType.I32);
        Check.shape(this, "index", in.get(1), Shape.of(in.get(0).dim(in.get(0).shape().axis(name(), axis))));
        return List.of(in.get(0).with(in.get(0).shape().with(axis, size)));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Shape shape = out[0].shape();
        IndexRange.check(this, in[1], shape, axis);
        int at = shape.axis(name(), axis);
        double[] sums = new double[(int) shape.size()];
        long[] strides = shape.contiguousStrides();
        int[] index = new int[shape.rank()];
        for (long i = 0; i < in[0].size(); i++) {
            Walk.index(in[0].shape(), i, index);
            index[at] = (int) in[1].at(index[at]);
            int flat = 0;
            for (int k = 0; k < index.length; k++) {
                flat += (int) (index[k] * strides[k]);
            }
            sums[flat] += in[0].flat(i);
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
        return Vjp.of(v.gradient().apply(new IndexSelect(axis), List.of(v.gradient(), v.input(1))).getFirst(), null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new IndexSelectBackward(0, 4), Input.real(6, 5), Input.indices(4, 6)).reduces(6),
                Sample.of(new IndexSelectBackward(-1, 17), Input.real(3, 5), Input.indices(17, 5)).reduces(5),
                Sample.of(new IndexSelectBackward(1, 4), Input.real(2, 7, 19), Input.indices(4, 7)).reduces(7),
                Sample.of(new IndexSelectBackward(0, 3), Input.real(0, 5), Input.indices(3, 0)),
                Sample.of(new IndexSelectBackward(0, 9), Input.real(49, 300), Input.indices(9, 49)).reduces(49));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("indexSelectBackward: index is [3] (need [2])",
                        () -> Tensor.zeros(2).apply(new IndexSelectBackward(0, 4),
                                List.of(Tensor.zeros(2), Tensor.zeros(ElementType.I32, 3)))),
                new Refusal("indexSelectBackward: index 9 out of range for axis 0 of [4] (need 0 <= index < 4)",
                        () -> Tensor.zeros(2).apply(new IndexSelectBackward(0, 4),
                                List.of(Tensor.zeros(2), Tensor.of(Shape.of(2), 0, 9)))));
    }
}
