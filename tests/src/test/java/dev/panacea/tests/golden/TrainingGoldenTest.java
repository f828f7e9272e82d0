package dev.panacea.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.layer.Linear;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.nn.optim.AdamW;
import dev.panacea.nn.optim.Clipping;
import dev.panacea.nn.optim.Ema;
import dev.panacea.nn.optim.Optimizer;
import dev.panacea.nn.optim.ParameterGroup;
import dev.panacea.nn.optim.Schedule;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.op.Copy;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Twenty steps of AdamW with warm-up, weight decay on a schedule, clipping and a moving average follow PyTorch: in
 * float32, what PyTorch computes in float64 on torchvision's models.
 */
class TrainingGoldenTest {
    private static final int STEPS = 20;
    private static final int CLASSES = 5;
    private static final double LOSS_TOLERANCE = 1e-5;
    private static final double PARAMETER_TOLERANCE = 1e-3;

    /** Above the noise in the gradients of the keys' biases, which are zero but for rounding. */
    private static final double EPSILON = 1e-6;

    private static final Schedule RATE = Schedule.cosine(2e-3, 1e-5, 15).warmUp(1e-4, 5);
    private static final Schedule DECAY = Schedule.cosine(0.04, 0.4, STEPS);
    private static final Schedule MOMENTUM = Schedule.cosine(0.8, 1, STEPS);

    @Test
    void swinWithRatesByLayerAndClippingOfEachTensor(TestReporter reporter) throws URISyntaxException {
        SwinConfig config = new SwinConfig(32, 3, 4, 16, List.of(2, 2), List.of(2, 4), 4, 1e-5, 0, false);
        follows("swin", config, all -> ParameterGroup.byLayer(all, 0.8), Clipping.perTensor(0.1), reporter);
    }

    @Test
    void vitWithOneRateAndClippingOfAllTensorsTogether(TestReporter reporter) throws URISyntaxException {
        VitConfig config = new VitConfig(32, 3, 8, 32, 2, 4, 1e-6, 0, false);
        follows("vit", config, ParameterGroup::byDecay, Clipping.global(1), reporter);
    }

    private static void follows(String label, BackboneConfig config,
            Function<List<Parameter>, List<ParameterGroup>> groups, Clipping clipping, TestReporter reporter)
            throws URISyntaxException {
        Path path = Path.of(TrainingGoldenTest.class.getResource("/golden/training.safetensors").toURI());
        try (MemoryScope _ = MemoryScope.open(label); SafetensorsFile golden = Safetensors.open(path)) {
            Parameters student = Parameters.of(1);
            Parameters teacher = Parameters.of(1);
            Backbone backbone = config.make(student);
            Linear head = new Linear(student.at("head"), backbone.channels(), CLASSES, true);
            config.make(teacher);
            new Linear(teacher.at("head"), backbone.channels(), CLASSES, true);
            student.all().forEach(p -> Tensor.into(new Copy(), List.of(golden.load(label + "/start/" + p.path())),
                    List.of(p.value())));
            Ema ema = new Ema(teacher.all(), student.all());
            ema.follow(0);
            Optimizer optimizer = new AdamW(groups.apply(student.trainable()), 0.9, 0.999, EPSILON);
            double[] wanted = golden.load(label + "/losses").toDoubles();
            double worst = 0;
            Tensor pictures = golden.load("pictures").cast(ElementType.F32).affine(1.0 / 255, 0);
            Tensor labels = golden.load("labels");
            for (int step = 0; step < STEPS; step++) {
                try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
                    TrainingPass pass = new TrainingPass(tape, RandomSource.of(step));
                    int batch = step % pictures.dim(0);
                    Variable x = tape.constant(pictures.select(0, batch));
                    Variable loss = head.forward(backbone.pooled(x, pass), pass)
                            .crossEntropy(tape.constant(labels.select(0, batch)));
                    Gradients gradients = tape.backward(loss);
                    optimizer.step(p -> pass.gradient(gradients, p), RATE.at(step), DECAY.at(step), clipping);
                    ema.follow(MOMENTUM.at(step));
                    double error = Math.abs(loss.value().item() / wanted[step] - 1);
                    assertThat(error).as("loss of step %d: %s, PyTorch has %s", step, loss.value().item(), wanted[step])
                            .isLessThan(LOSS_TOLERANCE);
                    worst = Math.max(worst, error);
                }
            }
            reporter.publishEntry(label + " as PyTorch",
                    "error of losses = %.1e, of parameters = %.1e, of average = %.1e".formatted(worst,
                            error(golden, label + "/end/", student), error(golden, label + "/average/", teacher)));
        }
    }

    /** The largest difference, relative to the element and the root mean square of its tensor together. */
    private static double error(SafetensorsFile golden, String prefix, Parameters all) {
        assertThat(all.all()).hasSize((int) golden.names().stream().filter(name -> name.startsWith(prefix)).count());
        double worst = 0;
        for (Parameter parameter : all.all()) {
            double[] wanted = golden.load(prefix + parameter.path()).toDoubles();
            double[] got = parameter.value().toDoubles();
            double squares = 0;
            for (double value : wanted) {
                squares += value * value;
            }
            double scale = Math.sqrt(squares / wanted.length);
            for (int i = 0; i < got.length; i++) {
                assertThat(got[i]).as("%s%s, element %d", prefix, parameter.path(), i)
                        .isCloseTo(wanted[i], within(PARAMETER_TOLERANCE * (Math.abs(wanted[i]) + scale)));
                worst = Math.max(worst, Math.abs(got[i] - wanted[i]) / (Math.abs(wanted[i]) + scale));
            }
        }
        return worst;
    }
}
