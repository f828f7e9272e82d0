package dev.panacea.tensor;

import dev.panacea.tensor.op.Op;

/**
 * The fast code of one op on one backend.
 *
 * @param <O> the op
 */
public interface Kernel<O extends Op> {
    /**
     * Whether this kernel can compute the op on these inputs; the reference is used otherwise. Default: every float
     * input is F32.
     */
    default boolean accepts(O op, Tensor[] inputs) {
        for (Tensor input : inputs) {
            if (input.type() != ElementType.F32 && input.type().isFloat()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the kernel reads input {@code index} in its given layout; where it does not, the input is copied to a
     * contiguous tensor first. Outputs are always contiguous.
     */
    default boolean strided(O op, int index) {
        return false;
    }

    /** Computes the outputs, whose memory is allocated and undefined. Shapes have been checked. */
    void run(O op, Tensor[] inputs, Tensor[] outputs);
}
