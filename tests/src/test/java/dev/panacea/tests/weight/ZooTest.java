package dev.panacea.tests.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.nn.weight.LoadOptions;
import dev.panacea.nn.weight.LoadReport;
import dev.panacea.nn.weight.Naming;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.nn.weight.WeightLoader;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Weights of others, in their own files and names, compute what PyTorch does; tests/golden/zoo.py made them. */
class ZooTest {
    private static final double OUTPUT = 1e-4;   // of the largest value
    private static final double GRADIENT = 1e-3; // of the largest value
    private static final SwinConfig SWIN = new SwinConfig(64, 3, 2, 8, List.of(2, 2, 2, 1), List.of(1, 2, 2, 4), 4,
            1e-5, 0, false);
    private static final VitConfig VIT = new VitConfig(32, 3, 8, 32, 3, 2, 1e-6, 0, false);
    private static final SwinConfig ACE = new SwinConfig(32, 3, 2, 8, List.of(1, 2), List.of(1, 2), 4, 1e-5, 0, false);
    private static final VitConfig DINO = new VitConfig(32, 3, 8, 16, 2, 2, 1e-6, 0, false);

    private MemoryScope scope;

    @BeforeEach
    void open() {
        scope = MemoryScope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void torchvisionsSwin() {
        LoadReport report = compareAll("zoo_swin.safetensors", SWIN);
        assertThat(report.naming()).isEqualTo(Naming.TORCHVISION_SWIN);
        assertThat(report.backbone().tensors()).isEqualTo(106);
        assertThat(report.ignored()).containsExactly("model.features.1.0.attn.relative_position_index");
        assertThat(report.aside()).contains("model.head.weight", "model.head.bias", "input", "output");
    }

    @Test
    void torchvisionsVit() {
        LoadReport report = compareAll("zoo_vit.pth", VIT);
        assertThat(report.naming()).isEqualTo(Naming.TORCHVISION_VIT);
        assertThat(report.backbone().tensors()).isEqualTo(42);
        assertThat(report.aside()).contains("model.heads.head.weight");
    }

    @Test
    void aSwinForAnotherWindow() {
        LoadReport report = compare("zoo_swin.safetensors", SWIN.withWindow(3), "other_",
                LoadOptions.DEFAULT.withPart("model"));
        assertThat(report.reshaped()).hasSize(7).startsWith(
                "layers.0.blocks.0.attn.relative_position_bias_table [49, 1] → [25, 1] interpolated");
    }

    @Test
    void aVitForAnotherSize() {
        LoadReport report = compare("zoo_vit.pth", VIT.withImage(48), "other_", LoadOptions.DEFAULT.withPart("model"));
        assertThat(report.reshaped()).containsExactly("pos_embed [1, 17, 32] → [1, 37, 32] interpolated");
    }

    @Test
    void acesSwin() {
        LoadReport report = compare("zoo_ace.pth", ACE, "", LoadOptions.DEFAULT);
        assertThat(report.naming()).isEqualTo(Naming.MICROSOFT_SWIN);
        assertThat(report.prefix()).isEqualTo("teacher.module.backbone.");
        assertThat(report.unexpected()).isEmpty();
        assertThat(report.missing()).isEmpty();
        assertThat(report.ignored()).hasSize(4);
        assertThat(report.aside()).contains("student.module.backbone.norm.weight", "teacher.module.head.mlp.0.weight",
                "teacher.module.DenseHead.layers.0.weight", "student.module.upsample.layer.3.weight");
        otherwise("zoo_ace.pth", ACE, "student.module.backbone.");
    }

    @Test
    void dinosVit() {
        LoadReport report = compare("zoo_dino.pth", DINO, "", LoadOptions.DEFAULT);
        assertThat(report.naming()).isEqualTo(Naming.TIMM_VIT);
        assertThat(report.prefix()).isEqualTo("teacher.backbone.");
        assertThat(report.aside()).contains("teacher.head.last_layer.weight_g", "student.module.head.mlp.4.bias");
        otherwise("zoo_dino.pth", DINO, "student.module.backbone.");
    }

    /** The student is there too, and is another. */
    private static void otherwise(String file, BackboneConfig config, String prefix) {
        Parameters teacher = Parameters.of(1);
        config.make(teacher);
        load(file, teacher, LoadOptions.DEFAULT.withPart("teacher"));
        Parameters student = Parameters.of(1);
        config.make(student);
        assertThat(load(file, student, LoadOptions.DEFAULT.withPart("student")).prefix()).isEqualTo(prefix);
        for (Parameter parameter : student.all()) {
            assertThat(parameter.value().toFloats())
                    .isNotEqualTo(teacher.find(parameter.path()).orElseThrow().value().toFloats());
        }
        assertThatThrownBy(() -> load(file, student, LoadOptions.DEFAULT.withPart("pupil")))
                .isInstanceOf(CheckpointException.class).hasMessage("checkpoint " + file + ": 0 models with part "
                        + "\"pupil\" among the 2 of the file: \"" + prefix + "\", \""
                        + (file.contains("ace") ? "teacher.module.backbone." : "teacher.backbone.")
                        + "\" (need one: name a part of it that the others do not have)");
    }

    /** Output, recorded output, and the gradients of all parameters. */
    private static LoadReport compareAll(String name, BackboneConfig config) {
        LoadReport report = compare(name, config, "", LoadOptions.DEFAULT.withPart("model"));
        Parameters parameters = Parameters.of(1);
        Backbone model = config.make(parameters);
        Parameters expected = Parameters.of(2);
        config.make(expected);
        load(name, parameters, LoadOptions.DEFAULT.withPart("model"));
        assertThat(load(name, expected, LoadOptions.DEFAULT.withPart("gradient")).backbone().share()).isEqualTo(1);
        try (WeightFile file = WeightFile.open(path(name)); Tape tape = new Tape()) {
            TrainingPass pass = new TrainingPass(tape, RandomSource.of(3));
            Variable y = model.pooled(tape.constant(file.load("input")), pass);
            Gradients gradients = tape.backward(y, file.load("seed"));
            for (Parameter parameter : parameters.all()) {
                Tensor wanted = expected.find(parameter.path()).orElseThrow().value();
                assertClose(parameter.path(), pass.gradient(gradients, parameter), wanted, GRADIENT);
            }
        }
        return report;
    }

    private static LoadReport compare(String name, BackboneConfig config, String values, LoadOptions options) {
        Parameters parameters = Parameters.of(1);
        Backbone model = config.make(parameters);
        LoadReport report = load(name, parameters, options);
        assertThat(report.backbone().share()).isEqualTo(1);
        assertThat(report.matched()).hasSameSizeAs(parameters.all());
        try (WeightFile file = WeightFile.open(path(name))) {
            Tensor y = model.pooled(file.load(values + "input"), Pass.EVALUATION);
            assertClose(name, y, file.load(values + "output"), OUTPUT);
        }
        return report;
    }

    private static LoadReport load(String name, Parameters parameters, LoadOptions options) {
        try (WeightFile file = WeightFile.open(path(name))) {
            return WeightLoader.load(file, parameters, options);
        }
    }

    private static void assertClose(String what, Tensor got, Tensor wanted, double allowed) {
        assertThat(got.shape()).as(what).isEqualTo(wanted.shape());
        float[] a = got.toFloats();
        float[] b = wanted.toFloats();
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            difference = Math.max(difference, Math.abs(a[i] - b[i]));
            largest = Math.max(largest, Math.abs(b[i]));
        }
        assertThat(difference / largest).as(what).isLessThan(allowed);
    }

    private static Path path(String name) {
        try {
            return Path.of(ZooTest.class.getResource("/golden/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
