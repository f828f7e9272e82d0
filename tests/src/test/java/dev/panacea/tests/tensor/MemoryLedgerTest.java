package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.MemoryLedger;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The debug mode that knows where live tensors were made. */
class MemoryLedgerTest {
    @AfterEach
    void off() {
        MemoryLedger.enable(false);
    }

    @Test
    void namesThePlaceThatMadeALiveTensor() {
        MemoryLedger.enable(true);
        try (MemoryScope _ = MemoryScope.open("ledger")) {
            Tensor[] made = new Tensor[3];
            for (int i = 0; i < 3; i++) {
                made[i] = Tensor.zeros(1024);
            }
            Tensor sum = made[0].add(made[1]);
            assertThat(sum.isFreed()).isFalse();
            assertThat(MemoryLedger.lines()).anyMatch(line -> line.startsWith("3 tensors, 12288 bytes: ")
                    && line.contains("MemoryLedgerTest.namesThePlaceThatMadeALiveTensor(MemoryLedgerTest.java:"));
            assertThat(MemoryLedger.lines()).anyMatch(line -> line.startsWith("1 tensors, 4096 bytes: "));
        }
        assertThat(MemoryLedger.lines()).noneMatch(line -> line.contains("MemoryLedgerTest"));
    }

    @Test
    void largestComesFirst() {
        MemoryLedger.enable(true);
        try (MemoryScope _ = MemoryScope.open("ledger")) {
            Tensor small = Tensor.zeros(16);
            Tensor large = Tensor.zeros(1 << 20);
            assertThat(small.isFreed() || large.isFreed()).isFalse();
            assertThat(MemoryLedger.lines().getFirst()).contains("4194304 bytes");
        }
    }

    @Test
    void offItKnowsNothing() {
        try (MemoryScope _ = MemoryScope.open("ledger")) {
            assertThat(Tensor.zeros(16).isFreed()).isFalse();
            assertThat(MemoryLedger.lines()).isEmpty();
        }
    }
}
