package dev.panacea.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;

/** In float32, each op gives what PyTorch gives in float64: outputs, and gradients for a random output gradient. */
class GoldenTest {
    private static final double TOLERANCE = 5e-6;

    /** Ops without cancellation: each output element is right by itself, however small it is beside the others. */
    private static final Set<String> ACCURATE = Set.of("div", "pow", "power", "exp", "log", "sqrt", "rsqrt", "sigmoid",
            "tanh");

    /** Each file of cases with the number of cases in it, so that none is lost unnoticed. */
    private static final Map<String, Integer> FAMILIES = Map.ofEntries(
            Map.entry("elementwise", 40), Map.entry("reduction", 30), Map.entry("product", 17),
            Map.entry("normalisation", 6), Map.entry("picture", 25), Map.entry("movement", 21),
            Map.entry("attention", 12), Map.entry("loss", 5), Map.entry("optimiser", 11));

    @TestFactory
    Stream<DynamicTest> noCaseIsLost() {
        return FAMILIES.keySet().stream().sorted().map(family -> dynamicTest(family,
                () -> assertThat(with(family, SafetensorsFile::metadata)).hasSize(FAMILIES.get(family))));
    }

    @TestFactory
    Stream<DynamicTest> asPyTorchComputesIt(TestReporter reporter) {
        return FAMILIES.keySet().stream().sorted().flatMap(family -> with(family, SafetensorsFile::metadata)
                .keySet().stream()
                .map(name -> dynamicTest(name, () -> with(family, file -> check(file, name, reporter)))));
    }

    private static Void check(SafetensorsFile file, String name, TestReporter reporter) {
        try (MemoryScope _ = MemoryScope.open(name); Tape tape = new Tape()) {
            GoldenCase golden = GoldenCase.load(file, name);
            boolean accurate = ACCURATE.contains(golden.op());
            List<Tensor> plain = GoldenCalls.call(golden, golden.inputs());
            double outputs = worst(name + "/out", plain, golden.outputs(), accurate);
            List<Variable> variables = new ArrayList<>();
            for (int i = 0; i < golden.inputs().size(); i++) {
                Tensor input = golden.inputs().get(i);
                variables.add(golden.gradients().get(i) == null ? tape.constant(input) : tape.variable(input));
            }
            List<Variable> recorded = GoldenCalls.call(golden, variables);
            worst(name + "/recorded", recorded.stream().map(Variable::value).toList(), golden.outputs(), accurate);
            double gradients = golden.seeds().stream().allMatch(seed -> seed == null) ? 0
                    : gradients(tape, golden, variables, recorded);
            reporter.publishEntry(name, "error of outputs = %.1e, of gradients = %.1e".formatted(outputs, gradients));
            return null;
        }
    }

    private static double gradients(Tape tape, GoldenCase golden, List<Variable> variables, List<Variable> outputs) {
        Variable loss = null;
        for (int i = 0; i < outputs.size(); i++) {
            if (golden.seeds().get(i) != null) {
                Variable term = outputs.get(i).mul(tape.constant(golden.seeds().get(i))).sum(false);
                loss = loss == null ? term : loss.add(term);
            }
        }
        Gradients gradients = tape.backward(loss);
        List<Tensor> got = new ArrayList<>();
        List<Tensor> wanted = new ArrayList<>();
        for (int i = 0; i < variables.size(); i++) {
            if (golden.gradients().get(i) != null) {
                got.add(gradients.of(variables.get(i)));
                wanted.add(golden.gradients().get(i));
            }
        }
        return worst(golden.name() + "/grad", got, wanted, false);
    }

    /**
     * The largest error of all elements: relative to the element and the root mean square of its tensor together, so
     * that an element which cancels to nothing is measured by the size of what cancelled.
     */
    private static double worst(String what, List<Tensor> got, List<Tensor> wanted, boolean accurate) {
        assertThat(got).as(what).hasSameSizeAs(wanted);
        double worst = 0;
        for (int i = 0; i < got.size(); i++) {
            assertThat(got.get(i).shape()).as(what + i).isEqualTo(wanted.get(i).shape());
            double[] a = got.get(i).toDoubles();
            double[] b = wanted.get(i).toDoubles();
            double squares = 0;
            for (double value : b) {
                squares += value * value;
            }
            double scale = accurate ? 0 : Math.sqrt(squares / b.length);
            for (int j = 0; j < a.length; j++) {
                double error = a[j] == b[j] ? 0 : Math.abs(a[j] - b[j]) / (Math.abs(b[j]) + scale);
                if (!(error <= TOLERANCE)) {
                    throw new AssertionError(what + i + " " + got.get(i).shape() + ": element " + j + " is " + a[j]
                            + ", PyTorch has " + b[j] + " (error " + error + ", allowed " + TOLERANCE + ")");
                }
                worst = Math.max(worst, error);
            }
        }
        return worst;
    }

    private static <R> R with(String family, Function<SafetensorsFile, R> use) {
        try (SafetensorsFile file = Safetensors.open(
                Path.of(GoldenTest.class.getResource("/golden/" + family + ".safetensors").toURI()))) {
            return use.apply(file);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
