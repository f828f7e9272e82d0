package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.panacea.bindings.CudaProvider;
import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.tensor.Backend;
import dev.panacea.tensor.BackendException;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call of CUDA fails once: one line says so, nothing is left on the device, and the next try works. */
@Tag("cuda")
class FailedCallTest {
    private static final int OUT_OF_MEMORY = 2;
    private static final int UNKNOWN = 999;
    @TempDir
    private Path folder;
    private int opened;

    @AfterEach
    void mend() {
        StandIn.failAt(0, 0);
        StandIn.mend();
    }

    /** Opens a device, compiles kernels, uploads, computes, downloads, and closes. */
    private double work() {
        String cache = System.setProperty("panacea.cuda.cache", folder.resolve("cache" + opened++).toString());
        try (Backend device = new CudaProvider().open(0); MemoryScope _ = MemoryScope.open("work")) {
            Tensor a = Tensor.of(Shape.of(2, 3), 1f, 2, 3, 4, 5, 6).to(device);
            Tensor b = Tensor.of(Shape.of(3, 2), 1f, 0, 0, 1, 1, 1).to(device);
            Tensor y = a.matmul(b).exp().sum(false);
            return y.to(Backends.cpu()).item();
        } finally {
            System.setProperty("panacea.cuda.cache", cache);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {UNKNOWN, OUT_OF_MEMORY})
    void everyCallFailsOnce(int code, TestReporter reporter) {
        StandIn.open().close();
        assertThat(StandIn.living().values()).containsOnly(0L);
        long before = StandIn.calls();
        double expected = work();
        long calls = StandIn.calls() - before;
        Set<String> failed = new TreeSet<>();
        for (long n = 1; n <= calls; n++) {
            StandIn.failAt(n, code);
            try {
                assertThat(work()).isEqualTo(expected); // the call was one of those that closing makes
            } catch (BackendException one) {
                assertThat(one.getMessage()).as("call %d, %s", n, StandIn.failed()).isNotBlank().doesNotContain("\n");
            }
            assertThat(StandIn.failed()).as("call %d", n).isNotEmpty();
            assertThat(StandIn.living().values()).as("left behind after %s, call %d: %s", StandIn.failed(), n,
                    StandIn.living()).containsOnly(0L);
            failed.add(StandIn.failed());
            StandIn.failAt(0, 0);
        }
        assertThat(work()).isEqualTo(expected);
        assertThat(failed).contains("cuMemAlloc_v2", "cuLaunchKernel", "nvrtcCompileProgram", "cublasCreate_v2");
        reporter.publishEntry("failed", calls + " calls, of " + failed.size() + " kinds");
    }

    @Test
    void aFullDeviceIsAnErrorAndStaysUsable() {
        try (CudaBackend device = StandIn.open(); MemoryScope _ = MemoryScope.open("full")) {
            StandIn.memory(200 << 20);
            Tensor small = Tensor.of(Shape.of(2), 1f, 2).to(device);
            assertThatCode(() -> device.allocate(1L << 30)).isInstanceOf(BackendException.class)
                    .hasMessageContaining("cannot allocate").hasMessageNotContaining("\n");
            assertThat(small.add(small).to(Backends.cpu()).toDoubles()).containsExactly(2, 4);
        } finally {
            StandIn.memory(8L << 30);
        }
    }
}
