package dev.panacea.tools.bench;

import dev.panacea.tensor.HostSpeed;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Work;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One row to be measured.
 *
 * @param bench which of the benchmarks
 * @param name what runs
 * @param body makes what it needs, measures and frees it
 */
record Case(String bench, String name, Function<HostSpeed, Row> body) {
    Row measure(HostSpeed speed) {
        return body.apply(speed);
    }

    /** One op, called as a user does: with its dispatch, and in a memory scope that frees its outputs. */
    static Case of(String bench, String name, Effort effort, Op op, Supplier<List<Tensor>> inputs) {
        return of(bench, name, effort, op, inputs, in -> in.getFirst().apply(op, in));
    }

    /** One op that writes over some of its inputs, as an optimiser does. */
    static Case into(String bench, String name, Effort effort, Op op, Supplier<List<Tensor>> inputs,
            Function<List<Tensor>, List<Tensor>> outputs) {
        return of(bench, name, effort, op, inputs, in -> Tensor.into(op, in, outputs.apply(in)));
    }

    private static Case of(String bench, String name, Effort effort, Op op, Supplier<List<Tensor>> inputs,
            Consumer<List<Tensor>> call) {
        return new Case(bench, name, speed -> {
            try (MemoryScope _ = MemoryScope.open(name)) {
                List<Tensor> in = inputs.get();
                Work work = Work.of(op, in.stream().map(Tensor::spec).toList());
                Effort.Round round = effort.measure(() -> {
                    try (MemoryScope _ = MemoryScope.open("call")) {
                        call.accept(in);
                    }
                });
                return Row.kernel(bench, name, round.seconds(), work, speed);
            }
        });
    }
}
