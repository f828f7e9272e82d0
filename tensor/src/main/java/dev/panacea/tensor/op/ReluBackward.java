package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link Relu}: inputs are the gradient g of its output, and its output y.
 */
public record ReluBackward() implements Op {
    @Override
    public String formula() {
        return "dx = g where y > 0, else 0";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.floats(this, in);
        Check.shape(this, "output", in.get(1), in.get(0).shape());
        return List.of(in.getFirst());
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Broadcast.reference(in, out[0], (g, y) -> y <= 0 ? 0 : g);
    }

    @Override
    public boolean savesInput(int index) {
        return index == 1;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.gradient().apply(this, List.of(v.gradient(), v.input(1))).getFirst(), null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.real(7), Input.awayFromZero(7)),
                Sample.of(this, Input.real(3, 5, 17), Input.awayFromZero(3, 5, 17)),
                Sample.of(this, Input.real(129, 65), Input.awayFromZero(129, 65)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("reluBackward: output is [2, 4] (need [2, 3])",
                () -> Tensor.zeros(2, 3).apply(this, List.of(Tensor.zeros(2, 3), Tensor.zeros(2, 4)))));
    }
}
