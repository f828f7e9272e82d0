package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.Models;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.SwinTransformer;
import dev.panacea.nn.model.UperNet;
import dev.panacea.nn.model.UperNetConfig;
import dev.panacea.nn.model.VisionTransformer;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.MemoryPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelTest {
    private MemoryScope scope;

    @BeforeEach
    void open() {
        scope = MemoryScope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /**
     * Counts of timm's models of the same names, less what their classifiers of 1000 classes hold: 28,288,354 of Swin-T
     * less 769,000, and so on. Nano models are our own.
     */
    @ParameterizedTest
    @CsvSource({"swin_nano, 1289190", "swin_tiny, 27519354", "swin_small, 48837258", "swin_base, 86743224",
            "swin_large, 194995476", "vit_nano, 764064", "vit_tiny, 5524416", "vit_small, 21665664",
            "vit_base, 85798656", "vit_large, 303301632", "vit_base_patch32, 87455232",
            "vit_base_patch32_448, 87568128", "swin_base_window7_448, 86743224"})
    void asManyParametersAsElsewhere(String name, long count) {
        Parameters parameters = Parameters.zeros();
        Models.named(name).make(parameters);
        assertThat(parameters.count()).isEqualTo(count);
        if (Models.names().contains(name)) {
            assertThat(readme()).containsPattern("\\| `" + name + "` \\|.*\\| "
                    + String.format(Locale.ROOT, "%,d", count) + " \\|");
        }
    }

    private static String readme() {
        try {
            return Files.readString(Path.of("..", "README.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void namesCarrySizes() {
        assertThat(Models.named("vit_base_patch32_448")).isEqualTo(VitConfig.base().withImage(448, 32));
        assertThat(Models.named("swin_tiny_patch4_window14_448"))
                .isEqualTo(SwinConfig.tiny().withImage(448).withWindow(14));
        assertThat(Models.named("swin_base").withImage(448).withWindow(7).withEpsilon(1e-6).withDropPath(0.1))
                .isEqualTo(SwinConfig.base().withImage(448).withEpsilon(1e-6).withDropPath(0.1));
        assertThat(Models.named("swin_tiny").make(Parameters.of(1)).stride()).isEqualTo(32);
        assertThat(Models.named("vit_nano").withColours(1).make(Parameters.of(1)).channels()).isEqualTo(96);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet_base", "swin", "swin_huge", "vit_base_448_patch32", "vit_base_patch999999999999", ""})
    void unknownNamesListTheKnown(String name) {
        assertThatThrownBy(() -> Models.named(name)).isInstanceOf(ConfigException.class)
                .hasMessage("model " + name + ": unknown name (need one of swin_nano, swin_tiny, swin_small, swin_base, "
                        + "swin_large, vit_nano, vit_tiny, vit_small, vit_base, vit_large; sizes may follow, as in "
                        + "vit_base_patch32_448)");
    }

    @Test
    void pathsAreThoseOfTimm() {
        Parameters parameters = Parameters.of(1);
        new SwinTransformer(parameters, SwinConfig.nano());
        assertThat(parameters.all()).extracting(Parameter::path).contains("patch_embed.proj.weight",
                "patch_embed.norm.bias", "layers.0.blocks.1.attn.relative_position_bias_table",
                "layers.0.blocks.1.attn.qkv.weight", "layers.1.downsample.norm.weight",
                "layers.1.downsample.reduction.weight", "layers.3.blocks.0.mlp.fc2.bias", "norm.weight");
        Parameters vit = Parameters.of(1);
        new VisionTransformer(vit, VitConfig.nano());
        assertThat(vit.all()).extracting(Parameter::path).contains("cls_token", "pos_embed",
                "patch_embed.proj.weight", "blocks.0.norm1.weight", "blocks.5.attn.proj.bias", "norm.bias");
    }

    @Test
    void whatWillBeLoadedStartsFromZeros() {
        Parameters parameters = Parameters.zeros();
        VitConfig.nano().make(parameters);
        assertThat(parameters.all()).allSatisfy(parameter -> assertThat(parameter.value().toFloats()).containsOnly(0));
        assertThat(parameters.all()).hasSize(6 * 12 + 6);
    }

    @Test
    void aParameterStartsFromItsPathAlone() {
        Parameters first = Parameters.of(7);
        new SwinTransformer(first, SwinConfig.nano());
        Parameters second = Parameters.of(7);
        second.make("something.else", (random, dims) -> random.normal(0, 1, dims), 5);
        new SwinTransformer(second, SwinConfig.nano());
        for (Parameter parameter : first.all()) {
            assertThat(second.find(parameter.path()).orElseThrow().value().toFloats())
                    .isEqualTo(parameter.value().toFloats());
        }
        assertThatThrownBy(() -> second.make("norm.weight", (random, dims) -> Tensor.zeros(dims), 5))
                .hasMessage("parameter norm.weight: made twice (give each layer its own name)");
    }

    @Test
    void trainingWithoutDroppingComputesWhatEvaluationDoes() {
        Parameters parameters = Parameters.of(3);
        SwinTransformer swin = new SwinTransformer(parameters, SwinConfig.nano().withImage(64).withColours(1));
        Tensor x = RandomSource.of(1).normal(0, 1, 2, 1, 64, 64);
        Tensor expected = swin.pooled(x, Pass.EVALUATION);
        try (Tape tape = new Tape()) {
            Variable y = swin.pooled(tape.constant(x), new TrainingPass(tape, RandomSource.of(2)));
            assertThat(y.value().toFloats()).isEqualTo(expected.toFloats());
        }
        assertThat(expected.shape().dims()).containsExactly(2, 192);
    }

    @ParameterizedTest
    @ValueSource(strings = {"swin_nano_32", "vit_nano_patch8_32"})
    void recomputedBlocksGiveTheSameGradients(String name) {
        BackboneConfig config = Models.named(name).withColours(1).withDropPath(0.5);
        List<float[]> kept = gradients(config);
        assertThat(gradients(config.withDropPath(0)).getFirst()).isNotEqualTo(kept.getFirst());
        List<float[]> again = gradients(config.withRecompute(true));
        assertThat(again).hasSameSizeAs(kept);
        for (int i = 0; i < kept.size(); i++) {
            assertThat(again.get(i)).isEqualTo(kept.get(i));
        }
    }

    private static List<float[]> gradients(BackboneConfig config) {
        Parameters parameters = Parameters.of(3);
        Backbone model = config.make(parameters);
        Tensor x = RandomSource.of(1).normal(0, 1, 4, 1, 32, 32);
        try (Tape tape = new Tape()) {
            TrainingPass pass = new TrainingPass(tape, RandomSource.of(2));
            Variable y = model.pooled(tape.constant(x), pass);
            Gradients gradients = tape.backward(y.mul(y).sum(false));
            List<float[]> all = new ArrayList<>();
            for (Parameter parameter : parameters.trainable()) {
                all.add(pass.gradient(gradients, parameter).toFloats());
            }
            return all;
        }
    }

    @Test
    void windowsThatDoNotDivideThePictureArePadded() {
        Parameters parameters = Parameters.of(3);
        SwinTransformer swin = new SwinTransformer(parameters, SwinConfig.nano().withImage(112));
        List<Tensor> stages = swin.stages(RandomSource.of(1).normal(0, 1, 1, 3, 96, 144), Pass.EVALUATION);
        assertThat(stages).extracting(stage -> stage.shape().toString())
                .containsExactly("[1, 24, 36, 24]", "[1, 12, 18, 48]", "[1, 6, 9, 96]", "[1, 3, 5, 192]");
    }

    @Test
    void aStepComputesInKernelsAloneAndTakesNoMoreMemoryOnceWarm() {
        Parameters parameters = Parameters.of(3);
        VisionTransformer vit = new VisionTransformer(parameters, VitConfig.nano().withImage(64, 16));
        SwinTransformer swin = new SwinTransformer(parameters.at("swin"), SwinConfig.nano().withImage(64));
        UperNetConfig config = new UperNetConfig(2, 8, List.of(1, 2));
        UperNet overVit = new UperNet(parameters.at("pixels"), vit, config);
        UperNet overSwin = new UperNet(parameters.at("swin"), swin, config);
        Tensor x = RandomSource.of(1).normal(0, 1, 2, 3, 64, 96);
        for (BiFunction<Variable, TrainingPass, Variable> model : List.<BiFunction<Variable, TrainingPass, Variable>>of(
                vit::pooled, swin::pooled, overVit::forward, overSwin::forward)) {
            step(model, x);
            step(model, x);
            long fallbacks = Fallbacks.total();
            long live = MemoryPool.HOST.liveBytes();
            long held = live + MemoryPool.HOST.idleBytes();
            for (int i = 0; i < 5; i++) {
                step(model, x);
            }
            assertThat(Fallbacks.total()).isEqualTo(fallbacks);
            assertThat(MemoryPool.HOST.liveBytes()).isEqualTo(live);
            assertThat(MemoryPool.HOST.liveBytes() + MemoryPool.HOST.idleBytes()).isEqualTo(held);
        }
    }

    private static void step(BiFunction<Variable, TrainingPass, Variable> model, Tensor x) {
        try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
            Variable y = model.apply(tape.constant(x), new TrainingPass(tape, RandomSource.of(2)));
            tape.backward(y.mul(y).sum(false));
        }
    }

    @Test
    void whatDoesNotFitIsRefusedInOneLine() {
        SwinTransformer swin = new SwinTransformer(Parameters.of(1), SwinConfig.nano());
        assertThatThrownBy(() -> swin.pooled(Tensor.zeros(1, 1, 224, 224), Pass.EVALUATION))
                .isInstanceOf(ShapeException.class).hasMessage("patch embedding: pictures are [1, 1, 224, 224] "
                        + "(need [B, 3, H, W], H and W multiples of 4)");
        assertThatThrownBy(() -> new VitConfig(224, 3, 16, 100, 12, 3, 1e-6, 0, false))
                .isInstanceOf(ConfigException.class)
                .hasMessage("vit: channels 100, heads 3, depth 12 (need channels a multiple of heads, depth >= 1)");
        assertThatThrownBy(() -> SwinConfig.nano().withImage(30)).isInstanceOf(ConfigException.class)
                .hasMessage("swin: image 30, patch 4, window 7 (need image a multiple of patch, window >= 1)");
        assertThatThrownBy(() -> VitConfig.nano().withWindow(7)).isInstanceOf(ConfigException.class)
                .hasMessage("vit: window 7 (a Vision Transformer has none: leave it out, or take a swin model)");
        assertThatThrownBy(() -> SwinConfig.nano().withEpsilon(0)).isInstanceOf(ConfigException.class)
                .hasMessage("swin: epsilon 0.0, drop path 0.0 (need 0 < epsilon < 1, 0 <= drop path < 1)");
    }
}
