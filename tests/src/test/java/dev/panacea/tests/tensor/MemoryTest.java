package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/** What is written at an address is read there. */
class MemoryTest {
    @Test
    void readsBackWhatWasWritten() {
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocate(64, Memory.ALIGNMENT).address();
            Memory.f32(address, 1.5f);
            Memory.f64(address + 8, -2.25);
            Memory.i32(address + 16, 7);
            assertThat(Memory.f32(address)).isEqualTo(1.5f);
            assertThat(Memory.f64(address + 8)).isEqualTo(-2.25);
            assertThat(Memory.i32(address + 16)).isEqualTo(7);
        }
    }
}
