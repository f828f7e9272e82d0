package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tests.sweep.OpCase;
import dev.panacea.tests.sweep.Strided;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Every sample of every op on the device: close to the reference, for inputs whose elements lie apart too (sums follow
 * the memory, so the bytes may differ), and the same bytes with the threads of a block in the other order. To try some
 * ops only: {@code -Dpanacea.ops=softmax,sum}.
 */
@Tag("cuda")
class CudaSweepTest {
    private static CudaBackend device;

    @BeforeAll
    static void open() {
        device = StandIn.open();
    }

    @AfterEach
    void ascend() {
        StandIn.descending(false);
        StandIn.mend();
    }

    @AfterAll
    static void close() {
        device.close();
    }

    @TestFactory
    Stream<DynamicTest> agreesWithReference() {
        return OpCase.all(1).stream().map(one -> dynamicTest(one.name(), () -> check(one)));
    }

    private static void check(OpCase one) {
        try (MemoryScope _ = MemoryScope.open("device")) {
            List<Tensor> inputs = one.inputs(ElementType.F32);
            List<Tensor> outputs = run(one, inputs, input -> input.to(device));
            one.checkParity(inputs, outputs);
            StandIn.descending(true);
            same("threads in the other order", run(one, inputs, input -> input.to(device)), outputs);
            StandIn.descending(false);
            for (Strided layout : Strided.values()) {
                one.checkParity(inputs, run(one, inputs, input -> layout.of(input, device)));
            }
        }
    }

    private static List<Tensor> run(OpCase one, List<Tensor> inputs, UnaryOperator<Tensor> placed) {
        List<Tensor> there = inputs.stream().map(placed).toList();
        Backends.use(new Backends.Choice(device, "cuda:0: for ops without inputs"));
        try {
            return one.run(there).stream().map(output -> output.to(Backends.cpu())).toList();
        } finally {
            Backends.use(Backends.choose("cpu"));
        }
    }

    private static void same(String how, List<Tensor> actual, List<Tensor> expected) {
        for (int k = 0; k < expected.size(); k++) {
            assertThat(actual.get(k).toDoubles()).as("%s: output %d", how, k).isEqualTo(expected.get(k).toDoubles());
        }
    }
}
