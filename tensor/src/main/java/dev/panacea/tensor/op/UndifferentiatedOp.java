package dev.panacea.tensor.op;

import dev.panacea.tensor.TensorOps;
import java.util.List;

/** An op whose own gradient is not written, such as a fused backward op or the step of an optimiser. */
public interface UndifferentiatedOp extends Op {
    @Override
    default Differentiability differentiability() {
        return Differentiability.REFUSED;
    }

    @Override
    default boolean savesInput(int index) {
        return false;
    }

    @Override
    default <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        throw new UnsupportedOperationException(name() + ": has no gradient of its own");
    }
}
