package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * The same values with another element type: rounded to nearest even for floats; for integers truncated toward zero and
 * held at the type's range. The gradient passes between float types as if nothing were rounded.
 *
 * @param type the new type
 */
public record Cast(ElementType type) implements Op {
    @Override
    public String formula() {
        return "y = x";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        return List.of(in.getFirst().with(type));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Elementwise.reference(in, out[0], x -> x);
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public Differentiability differentiability() {
        return type.isFloat() ? Differentiability.SMOOTH : Differentiability.CONSTANT;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return Vjp.of(v.spec(0).type().isFloat() ? v.gradient().cast(v.spec(0).type()) : null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Cast(ElementType.F64), Input.real(3, 5, 17)),
                Sample.of(new Cast(ElementType.I32), Input.range(-300, 300, 3, 37)),
                Sample.of(new Cast(ElementType.U8), Input.range(-300, 300, 3, 37)),
                Sample.of(new Cast(ElementType.F32), Input.indices(1000, 3, 37)),
                Sample.of(new Cast(ElementType.F32), Input.mask(83, 257)),
                Sample.of(new Cast(ElementType.F32),
                        Input.values(ElementType.BF16, Shape.of(5), 0, -1.5, 3, 1e20, 0.0078125)),
                Sample.of(new Cast(ElementType.BF16), Input.indices(1000, 3, 37)),
                Sample.of(new Cast(ElementType.I32), Input.mask(9)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("cast: 2 inputs (need 1)",
                () -> Tensor.zeros(2).apply(this, List.of(Tensor.zeros(2), Tensor.zeros(2)))));
    }
}
