package dev.panacea.nn;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Blend;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A forward pass that is recorded for backward. One pass belongs to one tape and one step. */
public final class TrainingPass implements Pass<Variable> {
    private final Tape tape;
    private final RandomSource random;
    private final Predicate<Parameter> learns;
    private final Map<Parameter, Variable> leaves = new IdentityHashMap<>();
    private long draws;
    private boolean again; // whether backward is computing a part once more

    /**
     * A pass that records on {@code tape}.
     *
     * @param random where dropout and drop path draw from; of this step alone
     */
    public TrainingPass(Tape tape, RandomSource random) {
        this(tape, random, _ -> true);
    }

    /**
     * The same for a part of the model: of what stays as it is no gradient is computed, and nothing is kept for one.
     *
     * @param learns which of the trainable parameters have gradients
     */
    public TrainingPass(Tape tape, RandomSource random, Predicate<Parameter> learns) {
        this.tape = tape;
        this.random = random;
        this.learns = learns;
    }

    @Override
    public boolean training() {
        return true;
    }

    /** A leaf of the tape, the same one each time; a constant for a buffer and for what stays as it is. */
    @Override
    public Variable of(Parameter parameter) {
        return leaves.computeIfAbsent(parameter,
                p -> p.isTrainable() && learns.test(p) ? tape.variable(p.value()) : tape.constant(p.value()));
    }

    @Override
    public RandomSource random() {
        return random.child(draws++);
    }

    @Override
    public void update(Parameter buffer, double keep, Variable value, double add) {
        if (!again) {
            Tensor.into(new Blend(keep, add), List.of(buffer.value(), value.value()), List.of(buffer.value()));
        }
    }

    @Override
    public Variable block(Variable input, boolean recompute, UnaryOperator<Variable> body) {
        return recompute ? recomputed(input, body) : kept(input, body);
    }

    private Variable kept(Variable input, UnaryOperator<Variable> body) {
        try (MemoryScope scope = MemoryScope.open("block")) {
            Variable output = body.apply(input);
            scope.keep(output.value());
            return output;
        }
    }

    private Variable recomputed(Variable input, UnaryOperator<Variable> body) {
        long first = draws;
        boolean[] recorded = {false};
        Variable output = tape.checkpoint(inputs -> {
            long next = draws;
            boolean outer = again;
            draws = first; // backward draws again what forward drew
            again |= recorded[0];
            Variable result = body.apply(inputs.getFirst());
            draws = Math.max(next, draws);
            again = outer;
            return result;
        }, input);
        recorded[0] = true;
        return output;
    }

    /**
     * The gradient of a parameter.
     *
     * @throws dev.panacea.autograd.AutogradException if none flowed to it
     */
    public Tensor gradient(Gradients gradients, Parameter parameter) {
        return gradients.of(of(parameter));
    }
}
