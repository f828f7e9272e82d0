package dev.panacea.autograd;

import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The gradients of leaf variables after one or more backward passes. They belong to the memory scope in which backward
 * was called.
 */
public final class Gradients {
    private final Map<Variable, Tensor> byVariable = new LinkedHashMap<>();

    Gradients() {}

    /**
     * The gradient of a leaf, of the leaf's shape.
     *
     * @throws AutogradException if no gradient flowed to it
     */
    public Tensor of(Variable leaf) {
        Tensor gradient = byVariable.get(leaf);
        if (gradient == null) {
            throw new AutogradException("gradients: none for the variable of shape " + leaf.shape() + " (need a leaf "
                    + "from tape.variable on which the differentiated output depends)");
        }
        return gradient;
    }

    /** The gradient of a leaf, or empty where none flowed to it. */
    public Optional<Tensor> find(Variable leaf) {
        return Optional.ofNullable(byVariable.get(leaf));
    }

    /** The leaves that have a gradient. */
    public Set<Variable> variables() {
        return byVariable.keySet();
    }

    /** Adds another pass's gradients to these, leaf by leaf; the sums belong to the current memory scope. */
    public Gradients accumulate(Gradients more) {
        more.byVariable.forEach((leaf, gradient) -> byVariable.merge(leaf, gradient, Tensor::add));
        return this;
    }

    /** Takes over an ownership of {@code gradient}. */
    void put(Variable leaf, Tensor gradient) {
        byVariable.put(leaf, MemoryScope.adopt(gradient));
    }
}
