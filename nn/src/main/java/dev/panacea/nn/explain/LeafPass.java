package dev.panacea.nn.explain;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * Evaluation on variables in which the input of one block is the only leaf: no gradient is computed that nobody asks
 * for, and nothing is kept of the blocks before.
 */
final class LeafPass implements Pass<Variable> {
    private final Tape tape;
    private final int number;
    private int block;
    private Variable leaf;

    /**
     * A pass over one model.
     *
     * @param number of the block, 0 the first that the model runs
     */
    LeafPass(Tape tape, int number) {
        this.tape = tape;
        this.number = number;
    }

    /** The input of that block. */
    Variable leaf() {
        return leaf;
    }

    @Override
    public boolean training() {
        return false;
    }

    @Override
    public Variable of(Parameter parameter) {
        return tape.constant(parameter.value());
    }

    @Override
    public RandomSource random() {
        return EVALUATION.random();
    }

    @Override
    public void update(Parameter buffer, double keep, Variable value, double add) {
        EVALUATION.update(buffer, keep, value.value(), add);
    }

    @Override
    public Variable block(Variable input, boolean recompute, UnaryOperator<Variable> body) {
        if (block++ < number) {
            Tensor output = EVALUATION.block(input.value(), false, value -> body.apply(tape.constant(value)).value());
            return tape.constant(output);
        }
        if (leaf == null) {
            leaf = tape.variable(input.value());
        }
        return body.apply(block == number + 1 ? leaf : input);
    }
}
