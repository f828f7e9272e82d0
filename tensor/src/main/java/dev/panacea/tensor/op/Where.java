package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** One of two elements, as a mask of U8 says: inputs are mask, a, b, broadcasting as NumPy does. */
public record Where() implements Op {
    @Override
    public String formula() {
        return "y = a where mask ≠ 0, else b";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 3, 3);
        Check.type(this, "mask", in.getFirst(), ElementType.U8);
        Check.floats(this, in.subList(1, 3));
        Shape values = Shape.broadcast(name(), in.get(1).shape(), in.get(2).shape());
        return List.of(in.get(1).with(Shape.broadcast(name(), in.getFirst().shape(), values)));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        int[] dims = out[0].shape().dims();
        Tensor mask = in[0].expand(dims);
        Tensor a = in[1].expand(dims);
        Tensor b = in[2].expand(dims);
        for (long i = 0; i < out[0].size(); i++) {
            out[0].flat(i, mask.flat(i) != 0 ? a.flat(i) : b.flat(i));
        }
    }

    @Override
    public boolean savesInput(int index) {
        return index == 0;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T zero = v.lift(Tensor.zeros(v.spec(1).type()));
        return Vjp.of(null,
                v.needs(1) ? v.sumTo(1, v.gradient().where(v.input(0), zero)) : null,
                v.needs(2) ? v.sumTo(2, zero.where(v.input(0), v.gradient())) : null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.mask(7), Input.real(7), Input.real(7)),
                Sample.of(this, Input.mask(4, 1), Input.real(3, 4, 29), Input.real(29)),
                Sample.of(this, Input.mask(5, 33), Input.real(5, 33), Input.real()),
                Sample.of(this, Input.mask(), Input.real(2, 3), Input.real(2, 1)),
                Sample.of(this, Input.values(ElementType.U8, Shape.of(5), 0, 1, 128, 255, 2), Input.real(5),
                        Input.real(5)),
                Sample.of(this, Input.mask(83, 257), Input.real(83, 257), Input.real(83, 257)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("where: mask is F32 (need U8)",
                        () -> Tensor.zeros(2).where(Tensor.zeros(2), Tensor.zeros(2))),
                new Refusal("where: shapes do not broadcast: [2, 3] and [4] (need equal sizes or 1, aligned at the last "
                        + "axis)", () -> Tensor.zeros(2, 3).where(Tensor.zeros(ElementType.U8, 3), Tensor.zeros(4))));
    }
}
