package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.bindings.cuda.Compiler;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.kernel.CudaKernels;
import dev.panacea.tensor.BackendException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The texts of kernels, and what NVIDIA's compiler makes of them where it is installed or comes with {@code -Pnvrtc};
 * other compilers accept what it refuses. Which architectures: {@code -Dpanacea.architectures=80,90,100}.
 */
class KernelTextTest {
    @Test
    void everyTextHasOneFormOnly() {
        List<String> texts = CudaKernels.texts().stream().map(KernelSource::text).toList();
        assertThat(texts).doesNotHaveDuplicates().hasSizeGreaterThan(100);
        assertThat(texts).noneMatch(text -> text.contains("#include") || text.contains("asm("));
        assertThat(texts).as("sums would depend on the order of threads").noneMatch(text -> text.contains("atomic"));
    }

    @Test
    void everyTextCompiles() {
        assumeTrue(Compiler.absence().isEmpty(), () -> "NVRTC: " + Compiler.absence().orElseThrow());
        List<String> refused = Arrays.stream(System.getProperty("panacea.architectures", "90").split(","))
                .map(Integer::parseInt)
                .flatMap(architecture -> CudaKernels.texts().stream().map(text -> new Attempt(architecture, text)))
                .toList().parallelStream().map(Attempt::refusal).filter(refusal -> !refusal.isEmpty()).toList();
        assertThat(refused).as("texts that NVRTC refuses").isEmpty();
    }

    private record Attempt(int architecture, KernelSource text) {
        /** What the compiler says where it refuses the text; empty where it takes it. */
        String refusal() {
            try {
                new Compiler(architecture).compile(text);
                return "";
            } catch (BackendException refused) {
                return "sm_" + architecture + " " + text.defines() + ": " + refused.getMessage();
            }
        }
    }
}
