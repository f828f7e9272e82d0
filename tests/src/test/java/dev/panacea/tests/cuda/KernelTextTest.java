package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.bindings.cuda.Compiler;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.kernel.CudaKernels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The texts of kernels, and what NVIDIA's compiler makes of them where it is installed; other compilers accept what it
 * refuses. Which architectures: {@code -Dpanacea.architectures=80,90,100}.
 */
class KernelTextTest {
    @Test
    void everyTextHasOneFormOnly() {
        List<String> texts = CudaKernels.texts().stream().map(KernelSource::text).toList();
        assertThat(texts).doesNotHaveDuplicates().hasSizeGreaterThan(100);
        assertThat(texts).noneMatch(text -> text.contains("#include") || text.contains("asm("));
        assertThat(texts).as("sums would depend on the order of threads").noneMatch(text -> text.contains("atomic"));
    }

    @TestFactory
    Stream<DynamicTest> everyTextCompiles() {
        assumeTrue(Compiler.absence().isEmpty(), () -> "NVRTC: " + Compiler.absence().orElseThrow());
        List<KernelSource> texts = CudaKernels.texts();
        return Arrays.stream(System.getProperty("panacea.architectures", "90").split(",")).map(Integer::parseInt)
                .flatMap(architecture -> texts.stream().map(text -> compiles(architecture, text)));
    }

    private static DynamicTest compiles(int architecture, KernelSource text) {
        return DynamicTest.dynamicTest(architecture + " " + text.file() + " " + text.defines(),
                () -> assertThat(new Compiler(architecture).compile(text)).isNotEmpty());
    }
}
