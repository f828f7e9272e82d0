package dev.panacea.ace.train;

import dev.panacea.nn.Parameter;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Blend;
import java.util.List;
import java.util.function.UnaryOperator;

/** Training on tensors: batch norms take the moments of the batch, and nothing is recorded or dropped. */
enum TeacherPass implements Pass<Tensor> {
    INSTANCE;

    @Override
    public boolean training() {
        return true;
    }

    @Override
    public Tensor of(Parameter parameter) {
        return parameter.value();
    }

    @Override
    public RandomSource random() {
        throw new IllegalStateException("pass: the teacher draws no random numbers (leave drop path at 0)");
    }

    @Override
    public void update(Parameter buffer, double keep, Tensor value, double add) {
        Tensor.into(new Blend(keep, add), List.of(buffer.value(), value), List.of(buffer.value()));
    }

    @Override
    public Tensor block(Tensor input, boolean recompute, UnaryOperator<Tensor> body) {
        try (MemoryScope scope = MemoryScope.open("block")) {
            return scope.keep(body.apply(input));
        }
    }
}
