package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * One operation on tensors, with its attributes: {@code new Softmax(-1)}. An op is a record in a file of its own, which
 * holds all that is true of it on every device: formula, shape rule, reference code, gradient, samples to try, and
 * inputs to refuse. Fast kernels live elsewhere and are optional.
 */
public interface Op {
    /** The op's name in errors, reports and graphs: the class name with a small first letter. */
    default String name() {
        String name = getClass().getSimpleName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /** The formula in one line, such as {@code y_i = exp(x_i) / Σ_j exp(x_j)}. */
    String formula();

    /**
     * The shape rule: what the outputs are, given what the inputs are.
     *
     * @throws dev.panacea.tensor.ShapeException if the inputs break a rule; the only place where shapes are checked
     */
    List<Spec> shapes(List<Spec> in);

    /** The oracle: plain scalar code in double precision over any layout, never optimised. */
    void reference(Tensor[] in, Tensor[] out);

    /**
     * The vector-Jacobian product: from the gradients of the outputs to one gradient for each input, null where an
     * input has none or none is needed. Written with the fluent ops, so that it can be differentiated again.
     */
    <T extends TensorOps<T>> List<T> vjp(Vjp<T> v);

    /** Whether and how a gradient flows through this op. */
    default Differentiability differentiability() {
        return Differentiability.SMOOTH;
    }

    /**
     * Whether a gradient flows through output number {@code output}. Outputs after the first are usually statistics
     * kept for {@link #vjp}, constants to whoever reads them.
     */
    default boolean carriesGradient(int output) {
        return output == 0;
    }

    /** Whether {@link #vjp} reads input {@code index}; what it does not read is not kept for backward. */
    default boolean savesInput(int index) {
        return true;
    }

    /** Whether {@link #vjp} reads output {@code index}; what it does not read is not kept for backward. */
    default boolean savesOutput(int index) {
        return false;
    }

    /**
     * Whether output {@code output}, where a later op reads it in backward, is computed again then and not kept: worth
     * it where that is cheap beside the memory, from what {@link #vjp} reads anyway.
     */
    default boolean recomputes(int output) {
        return false;
    }

    /**
     * Computes an output again, the same bytes, from what is saved for {@link #vjp}; asked for only where
     * {@link #recomputes} says yes.
     */
    default Tensor recompute(int output, Vjp<Tensor> saved) {
        throw new UnsupportedOperationException(name() + ": output " + output + " is not computed again");
    }

    /**
     * Whether output {@code output} may be input {@code input} itself, see {@link Tensor#into}: every element of the
     * input is read before it is overwritten, by the reference and by every kernel.
     */
    default boolean inPlace(int output, int input) {
        return false;
    }

    /** Inputs worth trying: awkward sizes, each branch of the code. Every sweep runs over them. */
    List<Sample> samples();

    /** Calls that must be refused, each with its message. */
    List<Refusal> refusals();
}
