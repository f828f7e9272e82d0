package dev.panacea.nn;

import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.function.UnaryOperator;

/**
 * What a forward pass is for: evaluation on tensors, or training on variables. Layers ask it for their parameters and
 * for random numbers.
 *
 * @param <T> what the layers compute with
 */
public interface Pass<T extends TensorOps<T>> {
    /** Evaluation: parameters as they are, nothing dropped, nothing recorded. */
    Pass<Tensor> EVALUATION = new Pass<>() {
        @Override
        public boolean training() {
            return false;
        }

        @Override
        public Tensor of(Parameter parameter) {
            return parameter.value();
        }

        @Override
        public RandomSource random() {
            throw new IllegalStateException("pass: evaluation draws no random numbers (ask training() first)");
        }

        @Override
        public void update(Parameter buffer, double keep, Tensor value, double add) {
            throw new IllegalStateException("pass: evaluation changes no buffer (ask training() first)");
        }

        @Override
        public Tensor block(Tensor input, boolean recompute, UnaryOperator<Tensor> body) {
            try (MemoryScope scope = MemoryScope.open("block")) {
                return scope.keep(body.apply(input));
            }
        }
    };

    /** Whether dropout drops and batch statistics are taken. */
    boolean training();

    /** A parameter as what the layers compute with. */
    T of(Parameter parameter);

    /** The next source of random numbers; each call returns another. */
    RandomSource random();

    /**
     * Sets a buffer to {@code keep · buffer + add · value}, as running moments follow those of a batch. In training
     * only; a part that is computed again in backward updates once.
     */
    void update(Parameter buffer, double keep, T value, double add);

    /**
     * Runs a part of the model in a memory scope of its own, so that nothing but its result, and what backward will
     * read, outlives it.
     *
     * @param recompute whether what backward reads is not kept but computed again then
     */
    T block(T input, boolean recompute, UnaryOperator<T> body);
}
