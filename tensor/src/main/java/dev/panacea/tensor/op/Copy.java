package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** The same elements in contiguous memory of their own. */
public record Copy() implements Op {
    @Override
    public String formula() {
        return "y = x";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        return List.of(in.getFirst());
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (long i = 0; i < out[0].size(); i++) {
            out[0].flat(i, in[0].flat(i));
        }
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.gradient());
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.real(3, 5)),
                Sample.of(this, Input.real(2, 3, 4, 17)),
                Sample.of(this, Input.indices(9, 3, 7)),
                Sample.of(this, Input.mask(5, 9)),
                Sample.of(this, Input.real(65, 129)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("copy: 2 inputs (need 1)",
                () -> Tensor.zeros(2).apply(this, List.of(Tensor.zeros(2), Tensor.zeros(2)))));
    }
}
