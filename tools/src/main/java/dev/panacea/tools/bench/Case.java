package dev.panacea.tools.bench;

import dev.panacea.tensor.HostSpeed;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Work;
import java.util.List;
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
        return new Case(bench, name, speed -> {
            try (MemoryScope _ = MemoryScope.open(name)) {
                List<Tensor> in = inputs.get();
                Work work = Work.of(op, in.stream().map(Tensor::spec).toList());
                Effort.Round round = effort.measure(() -> {
                    try (MemoryScope _ = MemoryScope.open("call")) {
                        in.getFirst().apply(op, in);
                    }
                });
                return Row.kernel(bench, name, round.seconds(), work, speed);
            }
        });
    }
}
