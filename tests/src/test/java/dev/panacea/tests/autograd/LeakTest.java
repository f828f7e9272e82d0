package dev.panacea.tests.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.MemoryPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Ten thousand steps leave the pool and the process as large as the first thousand did. */
class LeakTest {
    @Test
    void stepsLeaveNothingBehind() throws IOException {
        Tensor x = Tensor.full(dev.panacea.tensor.ElementType.F32, 0.5, 32, 64);
        Tensor w = Tensor.full(dev.panacea.tensor.ElementType.F32, 0.25, 64);
        for (int i = 0; i < 2_000; i++) {
            step(x, w);
        }
        System.gc();
        long live = MemoryPool.HOST.liveBytes();
        long blocks = MemoryPool.HOST.liveBlocks();
        long idle = MemoryPool.HOST.idleBytes();
        long resident = residentBytes();
        for (int i = 0; i < 10_000; i++) {
            step(x, w);
        }
        assertThat(MemoryPool.HOST.liveBlocks()).isLessThanOrEqualTo(blocks);
        assertThat(MemoryPool.HOST.liveBytes()).isLessThanOrEqualTo(live);
        assertThat(MemoryPool.HOST.liveBytes() + MemoryPool.HOST.idleBytes()).isLessThanOrEqualTo(live + idle);
        System.gc();
        assertThat(residentBytes() - resident).as("growth of the process in bytes").isLessThan(64L << 20);
    }

    private static void step(Tensor input, Tensor weight) {
        try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
            Variable w = tape.variable(weight);
            Variable x = tape.constant(input);
            Variable y = tape.checkpoint(in -> in.getFirst().mul(w).softmax(-1), x.mul(w));
            Variable loss = y.mul(y).transpose(0, 1).reshape(-1).sum(false);
            Tensor gradient = tape.backward(loss).of(w);
            assertThat(gradient.shape()).isEqualTo(Shape.of(64));
        }
    }

    /** Resident memory on Linux; elsewhere zero, and only the pool is watched. */
    private static long residentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).sum();
    }
}
