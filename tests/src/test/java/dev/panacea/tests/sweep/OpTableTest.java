package dev.panacea.tests.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.cpu.CpuBackend;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Ops;
import dev.panacea.tensor.op.ViewOp;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The list of ops is complete, and every op but a view has a CPU kernel that takes F32. */
class OpTableTest {
    @Test
    void everyOpHasOneName() {
        assertThat(Ops.all()).extracting(Op::name).doesNotHaveDuplicates();
    }

    @Test
    void everyOpOfThePackageIsListed() {
        Set<String> listed = Ops.all().stream().map(op -> op.getClass().getName()).collect(Collectors.toSet());
        assertThat(new ClassFileImporter().importPackages("dev.panacea.tensor.op").stream()
                .filter(type -> type.isAssignableTo(Op.class) && !type.isInterface())
                .map(JavaClass::getName).filter(name -> !listed.contains(name)))
                .as("ops that Ops.all() lacks").isEmpty();
    }

    /** Prints the table op × kernel, and runs every sample in contiguous F32 to see that no reference was needed. */
    @Test
    void noFallbackInF32() {
        Map<String, String> table = new TreeMap<>();
        Set<String> fellBack = new TreeSet<>();
        for (Op op : OpCase.ops()) {
            if (op instanceof ViewOp) {
                table.put(op.name(), "a view: nothing to compute");
                continue;
            }
            var kernel = CpuBackend.INSTANCE.kernel(op);
            table.put(op.name(), kernel == null ? "reference" : kernel.getClass().getSimpleName());
        }
        for (OpCase tried : OpCase.all(1)) {
            Map<String, Long> before = Fallbacks.counts();
            try (MemoryScope _ = MemoryScope.open("table")) {
                tried.run(tried.inputs(ElementType.F32));
            }
            if (!Fallbacks.counts().equals(before)) {
                fellBack.add(tried.op().name());
            }
        }
        System.out.println(Backends.cpu().name() + " kernels:");
        table.forEach((op, kernel) -> System.out.printf("  %-24s %s%n", op, kernel));
        assertThat(fellBack).as("ops that fell back to the reference on contiguous F32").isEmpty();
    }

    /** What a user of the field's libraries looks for. */
    @Test
    void theListIsComplete() {
        List<String> wanted = List.of("add", "sub", "mul", "div", "neg", "pow", "exp", "log", "sqrt", "rsqrt", "abs",
                "clamp", "sigmoid", "tanh", "relu", "gelu", "where", "eq", "ne", "lt", "le", "gt", "ge", "sum", "mean",
                "max", "min", "variance", "argmax", "softmax", "logSoftmax", "matMul", "linear", "layerNorm",
                "batchNorm2d", "l2Normalize", "conv2d", "maxPool2d", "avgPool2d", "adaptiveAvgPool2d",
                "bilinear", "bicubic", "nearest", "gather", "indexSelect", "scatterAdd", "concat", "stack", "split",
                "pad", "roll", "flip", "attention", "windowAttention", "crossEntropy", "bceWithLogits", "mse",
                "dropout", "dropPath", "uniform", "normal", "truncatedNormal", "einsum", "slice", "permute", "expand",
                "reshape", "cast");
        assertThat(Ops.all()).extracting(op -> op.name().toLowerCase())
                .containsAll(wanted.stream().map(String::toLowerCase).toList());
    }
}
