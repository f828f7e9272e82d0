package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link Slice}: a tensor of zeros with the slice filled in.
 *
 * @param slice what was taken
 * @param shape what it was taken from
 */
public record SliceBackward(Slice slice, Shape shape) implements Op {
    @Override
    public String formula() {
        return "dx[.., start + i·step, ..] = g[.., i, ..], 0 elsewhere";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Check.shape(this, "gradient", in.getFirst(),
                slice.shapes(List.of(in.getFirst().with(shape))).getFirst().shape());
        return List.of(in.getFirst().with(shape));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (long i = 0; i < out[0].size(); i++) {
            out[0].flat(i, 0);
        }
        Tensor part = out[0].slice(slice.axis(), slice.start(), slice.end(), slice.step());
        for (long i = 0; i < part.size(); i++) {
            part.flat(i, in[0].flat(i));
        }
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.gradient().slice(slice.axis(), slice.start(), slice.end(), slice.step()));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new SliceBackward(new Slice(0, 1, 3, 1), Shape.of(4, 5)), Input.real(2, 5)),
                Sample.of(new SliceBackward(new Slice(-1, 1, 8, 3), Shape.of(2, 9)), Input.real(2, 3)),
                Sample.of(new SliceBackward(new Slice(1, 2, 19, 1), Shape.of(3, 40, 2)), Input.real(3, 17, 2)));
    }

    @Override
    public List<Refusal> refusals() {
        SliceBackward op = new SliceBackward(new Slice(0, 1, 3, 1), Shape.of(4, 5));
        return List.of(new Refusal("sliceBackward: gradient is [3, 5] (need [2, 5])",
                () -> Tensor.zeros(3, 5).apply(op, List.of(Tensor.zeros(3, 5)))));
    }
}
