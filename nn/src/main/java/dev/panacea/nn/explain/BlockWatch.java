package dev.panacea.nn.explain;

import dev.panacea.nn.Parameter;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Evaluation that shows the input of each block, and the parameters it asked for, while both are alive. */
final class BlockWatch implements Pass<Tensor> {
    /** Looks at one block. */
    interface Visitor {
        void visit(Tensor input, List<Parameter> parameters);
    }

    private final Visitor visitor;
    private final List<Parameter> asked = new ArrayList<>();

    BlockWatch(Visitor visitor) {
        this.visitor = visitor;
    }

    @Override
    public boolean training() {
        return EVALUATION.training();
    }

    @Override
    public Tensor of(Parameter parameter) {
        asked.add(parameter);
        return EVALUATION.of(parameter);
    }

    @Override
    public RandomSource random() {
        return EVALUATION.random();
    }

    @Override
    public void update(Parameter buffer, double keep, Tensor value, double add) {
        EVALUATION.update(buffer, keep, value, add);
    }

    @Override
    public Tensor block(Tensor input, boolean recompute, UnaryOperator<Tensor> body) {
        asked.clear();
        Tensor output = EVALUATION.block(input, recompute, body);
        visitor.visit(input, asked);
        return output;
    }
}
