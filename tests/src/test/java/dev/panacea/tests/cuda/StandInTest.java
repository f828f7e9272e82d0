package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.raw.Driver;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.BackendException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stand-in runs what is right and shows what is wrong: otherwise tests that stand on it would show nothing. */
@Tag("cuda")
class StandInTest {
    private static final KernelSource LESSONS = KernelSource.of(StandInTest.class, "lessons.cu");
    private static final int N = 96;
    private CudaBackend device;

    @BeforeEach
    void open() {
        device = StandIn.open();
    }

    @AfterEach
    void mend() {
        StandIn.mend();
        StandIn.descending(false);
        device.close();
    }

    /** One block of N threads on a row of N numbers. */
    private double[] run(String kernel) {
        try (MemoryScope _ = MemoryScope.open("lesson")) {
            float[] numbers = new float[N];
            for (int i = 0; i < N; i++) {
                numbers[i] = i;
            }
            Tensor x = Tensor.of(Shape.of(N), numbers).to(device);
            Tensor y = Tensor.zeros(N).to(device);
            device.launch(LESSONS.function(kernel)).grid(1).block(N).shared(N * 4).pointer(y).pointer(x).i32(N).run();
            return y.to(Backends.cpu()).toDoubles();
        }
    }

    @Test
    void standsForEveryCallOfTheHeaders() throws IOException {
        List<String> calls = new ArrayList<>();
        try (Stream<Path> headers = Files.list(StandIn.HEADERS)) {
            for (Path header : headers.toList()) {
                Pattern.compile("(?m)^\\w[^;{}]*?(\\w+)\\(").matcher(Files.readString(header)).results()
                        .map((MatchResult found) -> found.group(1)).forEach(calls::add);
            }
        }
        assertThat(calls).hasSizeGreaterThan(40).contains("cuLaunchKernel", "nvrtcCompileProgram", "cublasCreate_v2");
        assertThat(calls).allMatch(StandIn::has);
    }

    @Test
    void barriersAndShufflesWorkInBothOrders() {
        for (boolean descending : new boolean[] {false, true}) {
            StandIn.descending(descending);
            assertThat(run("sums")[0]).isEqualTo(N * (N - 1) / 2);
            assertThat(run("turns")[N - 1]).isZero();
            assertThat(run("turns")[0]).isEqualTo(1);
        }
    }

    @Test
    void missingBarrierShows() {
        assertThat(run("turns_too_early")[0]).isNaN();
        StandIn.descending(true);
        assertThat(run("turns_too_early")[0]).isEqualTo(1);
        assertThat(run("turns_too_early")[N - 1]).isNaN();
    }

    @ParameterizedTest
    @CsvSource({"parts_ways, CUDA_ERROR_LAUNCH_FAILED, meet at barriers of lines 44 and 47",
            "waits_forever, CUDA_ERROR_LAUNCH_FAILED, wait for each other forever",
            "reads_far, CUDA_ERROR_ILLEGAL_ADDRESS, signal 11 in block 0"})
    void faultsOfKernelsBreakTheContext(String kernel, String error, String reason) {
        assertThatThrownBy(() -> run(kernel)).isInstanceOf(BackendException.class).hasMessageContaining(error)
                .hasMessageNotContaining("\n");
        assertThat(StandIn.reason()).contains(kernel, reason);
        assertThatThrownBy(() -> run("sums")).isInstanceOf(BackendException.class).hasMessageContaining(error);
        StandIn.mend();
        assertThat(run("sums")[0]).isEqualTo(N * (N - 1) / 2);
    }

    @Test
    void memoryIsGuarded() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            device.synchronize();
            assertThat(Driver.cuMemAlloc_v2(out, N * 4)).isZero();
            long address = out.get(ValueLayout.JAVA_LONG, 0);
            MemorySegment host = arena.allocate(2 * N * 4);
            assertThat(Driver.cuMemcpyDtoHAsync_v2(host, address, N * 4, MemorySegment.NULL)).isZero();
            assertThat(host.get(ValueLayout.JAVA_FLOAT, 0)).as("fresh memory").isNaN();
            for (long[] wrong : new long[][] {{address, N * 4 + 1}, {address + 4, N * 4}, {address - 4, 4}, {4, 4}}) {
                assertThat(Driver.cuMemcpyDtoHAsync_v2(host, wrong[0], wrong[1], MemorySegment.NULL))
                        .isEqualTo(Driver.CUDA_ERROR_INVALID_VALUE());
                assertThat(Driver.cuMemcpyHtoDAsync_v2(wrong[0], host, wrong[1], MemorySegment.NULL))
                        .isEqualTo(Driver.CUDA_ERROR_INVALID_VALUE());
                assertThat(Driver.cuMemsetD8Async(wrong[0], (byte) 0, wrong[1], MemorySegment.NULL))
                        .isEqualTo(Driver.CUDA_ERROR_INVALID_VALUE());
            }
            assertThat(Driver.cuMemFree_v2(address)).isZero();
            assertThat(Driver.cuMemFree_v2(address)).as("freed twice").isEqualTo(Driver.CUDA_ERROR_INVALID_VALUE());
            assertThat(Driver.cuMemAlloc_v2(out, Long.MAX_VALUE)).isEqualTo(Driver.CUDA_ERROR_OUT_OF_MEMORY());
        }
    }

    @Test
    void writingBesideMemoryShowsWhenItIsFreed() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            device.synchronize();
            assertThat(Driver.cuMemAlloc_v2(out, 400)).isZero();
            long address = out.get(ValueLayout.JAVA_LONG, 0);
            device.launch(LESSONS.function("writes_beside")).block(1).pointer(address).pointer(address).i32(100).run();
            device.synchronize();
            assertThat(Driver.cuMemFree_v2(address)).isEqualTo(Driver.CUDA_ERROR_ILLEGAL_ADDRESS());
            assertThat(StandIn.reason()).contains("beside an allocation of 400 bytes");
        }
    }

    @Test
    void callsFailInTurn() {
        StandIn.failAt(2, Driver.CUDA_ERROR_OUT_OF_MEMORY());
        device.synchronize();
        assertThat(StandIn.failed()).isEmpty();
        assertThatThrownBy(device::synchronize).hasMessageContaining("CUDA_ERROR_OUT_OF_MEMORY");
        assertThat(StandIn.failed()).isEqualTo("cuStreamSynchronize");
        device.synchronize();
    }
}
