package dev.panacea.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.UperNet;
import dev.panacea.nn.model.UperNetConfig;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.op.Blend;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * UPerNet over Swin and ViT gives what PyTorch gives, in training and in evaluation: logits, gradients of all
 * parameters, and buffers; tests/golden/upernet.py made the values. No window divides the pictures of Swin, sides are
 * odd where patches merge, and those of ViT are oblong and need interpolated positions.
 */
class UperNetGoldenTest {
    private static final double OUTPUTS = 1e-4;
    private static final double GRADIENTS = 1e-3;

    @Test
    void overSwin(TestReporter reporter) throws URISyntaxException {
        check("swin", new SwinConfig(96, 3, 4, 4, List.of(2, 1, 2, 1), List.of(1, 1, 2, 2), 3, 1e-5, 0, false),
                new UperNetConfig(2, 6, List.of(1, 2, 3, 6)), reporter);
    }

    @Test
    void overSwinWhoseBlocksAreComputedAgain(TestReporter reporter) throws URISyntaxException {
        check("swin", new SwinConfig(96, 3, 4, 4, List.of(2, 1, 2, 1), List.of(1, 1, 2, 2), 3, 1e-5, 0, true),
                new UperNetConfig(2, 6, List.of(1, 2, 3, 6)), reporter);
    }

    @Test
    void overVit(TestReporter reporter) throws URISyntaxException {
        check("vit", new VitConfig(64, 1, 16, 8, 5, 2, 1e-6, 0, false), new UperNetConfig(1, 5, List.of(1, 2, 3)),
                reporter);
    }

    private static void check(String name, BackboneConfig backbone, UperNetConfig config, TestReporter reporter)
            throws URISyntaxException {
        Path golden = Path.of(UperNetGoldenTest.class.getResource("/golden/upernet.safetensors").toURI());
        try (MemoryScope _ = MemoryScope.open(name); SafetensorsFile file = Safetensors.open(golden);
                Tape tape = new Tape()) {
            Parameters parameters = Parameters.of(1);
            UperNet net = new UperNet(parameters, backbone.make(parameters), config);
            assertThat(parameters.all()).extracting(parameter -> name + "/value/" + parameter.path())
                    .containsExactlyInAnyOrderElementsOf(file.names().stream()
                            .filter(path -> path.startsWith(name + "/value/")).toList());
            for (Parameter parameter : parameters.all()) {
                Tensor.into(new Blend(0, 1), List.of(parameter.value(), file.load(name + "/value/" + parameter.path())),
                        List.of(parameter.value()));
            }
            Tensor pictures = file.load(name + "/in");
            TrainingPass pass = new TrainingPass(tape, RandomSource.of(1));
            Variable logits = net.forward(tape.constant(pictures), pass);
            double training = worst("logits in training", logits.value(), file.load(name + "/train"), OUTPUTS);
            Gradients gradients = tape.backward(logits, file.load(name + "/seed"));
            double gradient = 0;
            double buffer = 0;
            for (Parameter parameter : parameters.all()) {
                String path = parameter.path();
                if (parameter.isTrainable()) {
                    gradient = Math.max(gradient, worst("gradient of " + path, pass.gradient(gradients, parameter),
                            file.load(name + "/grad/" + path), GRADIENTS));
                } else {
                    buffer = Math.max(buffer, worst(path, parameter.value(), file.load(name + "/after/" + path),
                            OUTPUTS));
                }
            }
            double evaluation = worst("logits in evaluation", net.forward(pictures, Pass.EVALUATION),
                    file.load(name + "/evaluation"), OUTPUTS);
            reporter.publishEntry(name, "error of logits = %.1e, gradients = %.1e, buffers = %.1e, evaluation = %.1e"
                    .formatted(training, gradient, buffer, evaluation));
        }
    }

    /**
     * The largest error, relative to the element and the root mean square of its tensor together; to 1 where the tensor
     * is nothing but rounding, as the gradient of a shift that batch normalisation takes out again.
     */
    private static double worst(String what, Tensor got, Tensor wanted, double allowed) {
        assertThat(got.shape()).as(what).isEqualTo(wanted.shape());
        double[] a = got.toDoubles();
        double[] b = wanted.toDoubles();
        double squares = 0;
        for (double value : b) {
            squares += value * value;
        }
        double size = Math.sqrt(squares / b.length);
        double scale = size < 1e-12 ? 1 : size;
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            double error = a[i] == b[i] ? 0 : Math.abs(a[i] - b[i]) / (Math.abs(b[i]) + scale);
            assertThat(error).as("%s, element %d: %s, PyTorch has %s", what, i, a[i], b[i]).isLessThan(allowed);
            worst = Math.max(worst, error);
        }
        return worst;
    }
}
