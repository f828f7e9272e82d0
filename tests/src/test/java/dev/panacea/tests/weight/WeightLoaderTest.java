package dev.panacea.tests.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.UperNet;
import dev.panacea.nn.model.UperNetConfig;
import dev.panacea.nn.weight.LoadOptions;
import dev.panacea.nn.weight.LoadReport;
import dev.panacea.nn.weight.Naming;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.nn.weight.WeightLoader;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a load reports and refuses, and what it leaves alone. */
class WeightLoaderTest {
    private static final SwinConfig SWIN = NamingTest.SWIN;

    @TempDir
    private Path folder;

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
    void aReportIsAFewLines() {
        Map<String, Tensor> weights = NamingTest.renamed(NamingTest.weights(SWIN),
                name -> "model." + NamingTest.microsoft(name));
        weights.put("model.head.weight", Tensor.zeros(5, 32));
        weights.put("model.head.bias", Tensor.zeros(5));
        weights.put("model.layers.0.blocks.0.attn.relative_position_index", Tensor.zeros(16, 16));
        weights.remove("model.norm.bias");
        weights.put("model.norm.scale", Tensor.ones(32));
        weights.put("optimizer.state", Tensor.ones(3));
        Parameters parameters = withHead(SWIN.withWindow(3), 10);
        LoadReport report = load(parameters, weights, LoadOptions.DEFAULT);
        assertThat(report.text()).isEqualTo("""
                checkpoint file.safetensors: names of Microsoft's Swin below "model."
                  backbone    63 of 65 tensors, 23215 of 23279 elements
                  reshaped    4: layers.0.blocks.0.attn.relative_position_bias_table [49, 1] → [25, 1] interpolated, \
                layers.1.blocks.0.attn.relative_position_bias_table [49, 2] → [25, 2] interpolated, \
                layers.1.blocks.1.attn.relative_position_bias_table [49, 2] → [25, 2] interpolated, 1 more
                  missing     3: norm.bias, head.weight, head.bias
                  unexpected  1: norm.scale
                  left aside  3: optimizer.state, model.head.bias, model.head.weight
                  ignored     1: model.layers.0.blocks.0.attn.relative_position_index
                """);
        assertThat(report.matched()).hasSize(63).doesNotContain("norm.bias", "head.weight");
    }

    @Test
    void aHeadIsFilledWhereItFitsAndLeftAsideElsewhere() {
        Map<String, Tensor> weights = NamingTest.weights(SWIN);
        weights.put("head.weight", Tensor.full(ElementType.F32, 3, 10, 32));
        weights.put("head.bias", Tensor.full(ElementType.F32, 4, 10));
        Parameters fitting = withHead(SWIN, 10);
        assertThat(load(fitting, weights, LoadOptions.DEFAULT).missing()).isEmpty();
        assertThat(fitting.find("head.bias").orElseThrow().value().toFloats()).containsOnly(4);
        Parameters other = withHead(SWIN, 7);
        assertThat(load(other, weights, LoadOptions.DEFAULT).aside()).containsExactly("head.bias", "head.weight");
        assertThat(other.find("head.bias").orElseThrow().value().toFloats()).containsOnly(0);
    }

    /** Batches are counted in whole numbers there, and the norm of the last stage is called as those of the others. */
    @Test
    void aUperNetIsFilledFromSwinsCodeForSegmentation() {
        Parameters from = Parameters.of(1);
        UperNetConfig config = new UperNetConfig(2, 4, List.of(1, 2));
        new UperNet(from, SWIN.make(from), config);
        Map<String, Tensor> weights = new TreeMap<>();
        for (Parameter parameter : from.all()) {
            String path = parameter.path();
            Tensor value = path.endsWith("num_batches_tracked") ? Tensor.of(Shape.SCALAR, 7) : parameter.value();
            weights.put(path.startsWith("decode_head.") ? path
                    : "backbone." + NamingTest.microsoft(path).replaceFirst("^norm\\.", "norm3."), value);
        }
        Parameters to = Parameters.zeros();
        new UperNet(to, SWIN.make(to), config);
        LoadReport report = load(to, weights, LoadOptions.DEFAULT);
        assertThat(report.missing()).isEmpty();
        assertThat(report.unexpected()).isEmpty();
        assertThat(report.aside()).isEmpty();
        for (Parameter parameter : to.all()) {
            String path = parameter.path();
            assertThat(parameter.value().toFloats()).as(path).isEqualTo(path.endsWith("num_batches_tracked")
                    ? new float[] {7} : from.find(path).orElseThrow().value().toFloats());
        }
    }

    @Test
    void aBackboneInsideAModelIsFound() {
        Parameters parameters = Parameters.of(2);
        SWIN.make(parameters.at("backbone"));
        parameters.at("decoder").make("weight", Initial.ZEROS, 4);
        Map<String, Tensor> weights = NamingTest.renamed(NamingTest.weights(SWIN), name -> "backbone." + name);
        weights.put("decoder.weight", Tensor.ones(4));
        assertThat(load(parameters, weights, LoadOptions.DEFAULT).missing()).isEmpty();
        assertThat(parameters.find("decoder.weight").orElseThrow().value().toFloats()).containsOnly(1);
        SWIN.make(parameters.at("second"));
        assertThatThrownBy(() -> load(parameters, weights, LoadOptions.DEFAULT)).isInstanceOf(ConfigException.class)
                .hasMessage("model: 2 backbones [backbone., second.] (need one, or the name of what stands before the "
                        + "one to fill)");
        LoadReport report = load(parameters, weights, LoadOptions.DEFAULT.withInto("second."));
        assertThat(report.backbone().share()).isEqualTo(1);
        assertThat(report.matched()).contains("second.norm.weight");
    }

    /** A grey picture gives the same through a summed embedding as through three colours that are all alike. */
    @Test
    void aPatchEmbeddingFitsOtherColours() {
        Map<String, Tensor> colour = NamingTest.weights(SWIN);
        Parameters grey = Parameters.of(2);
        var greyModel = SWIN.withColours(1).make(grey);
        assertThat(load(grey, colour, LoadOptions.DEFAULT).reshaped()).containsExactly(
                "patch_embed.proj.weight [8, 3, 2, 2] → [8, 1, 2, 2] summed over the colours");
        Parameters three = Parameters.of(1);
        var colourModel = SWIN.make(three);
        Tensor x = RandomSource.of(5).normal(0, 1, 1, 1, 32, 32);
        float[] expected = colourModel.pooled(x.expand(1, 3, 32, 32), Pass.EVALUATION).toFloats();
        assertThat(greyModel.pooled(x, Pass.EVALUATION).toFloats()).containsExactly(expected, within(1e-5f));

        Map<String, Tensor> single = new TreeMap<>();
        grey.all().forEach(parameter -> single.put(parameter.path(), parameter.value()));
        assertThat(load(three, single, LoadOptions.DEFAULT).reshaped()).containsExactly(
                "patch_embed.proj.weight [8, 1, 2, 2] → [8, 3, 2, 2] spread over the colours");
        assertThat(colourModel.pooled(x.expand(1, 3, 32, 32), Pass.EVALUATION).toFloats())
                .containsExactly(expected, within(1e-5f));
    }

    @Test
    void whatIsMissingIsRefused() {
        Map<String, Tensor> weights = NamingTest.weights(SWIN);
        weights.keySet().removeIf(name -> name.startsWith("layers.2.blocks"));
        assertRefused(SWIN, weights, "checkpoint file.safetensors: too little of the backbone fits: 51 tensors match, "
                + "13 are missing such as layers.2.blocks.0.norm1.weight, 0 are not the model's (need 95 %)");
    }

    /** A deeper model has all names of a flatter one, so that nothing is missing: still it is another model. */
    @Test
    void aDeeperModelIsRefused() {
        SwinConfig nano = SwinConfig.nano().withImage(64);
        SwinConfig flatter = new SwinConfig(64, 3, 4, 24, List.of(2, 2, 1, 2), nano.heads(), 7, 1e-5, 0, false);
        assertRefused(flatter, NamingTest.weights(nano), "checkpoint file.safetensors: too little of the backbone "
                + "fits: 106 tensors match, 0 are missing, 13 are not the model's such as "
                + "layers.2.blocks.1.attn.proj.bias (need 95 %: is this swin_nano?)");
    }

    @Test
    void anotherSizeIsRefused() {
        SwinConfig nano = SwinConfig.nano().withImage(64);
        SwinConfig wider = new SwinConfig(64, 3, 4, 48, nano.depths(), nano.heads(), 7, 1e-5, 0, false);
        assertRefused(wider, NamingTest.weights(nano), "checkpoint file.safetensors: patch_embed.proj.weight is "
                + "[24, 3, 4, 4], model needs [48, 3, 4, 4] (is this swin_nano?)");
    }

    /** The last tensor is wrong, after all others were found fit. */
    @Test
    void aModelStaysAsItWas() {
        Map<String, Tensor> weights = NamingTest.weights(SWIN);
        weights.put("norm.bias", Tensor.zeros(31));
        assertRefused(SWIN, weights, "checkpoint file.safetensors: norm.bias is [31], model needs [32] "
                + "(need a file of the same model)");
        weights.put("norm.bias", Tensor.zeros(ElementType.I32, 32));
        assertRefused(SWIN, weights, "checkpoint file.safetensors: norm.bias is I32, model needs F32 "
                + "(store it as F32, F16 or BF16)");
    }

    @Test
    void aFileWithoutAModelIsRefused() {
        assertRefused(SWIN, Map.of("features.0.0.weight", Tensor.zeros(8, 3, 2, 2), "classifier.weight",
                Tensor.zeros(3, 3)), "checkpoint file.safetensors: no Swin or ViT found: 2 tensors, such as "
                + "\"classifier.weight\", \"features.0.0.weight\" (need the names of timm, Microsoft, torchvision or "
                + "Hugging Face)");
    }

    @Test
    void severalModelsNeedAName() {
        Map<String, Tensor> weights = NamingTest.renamed(NamingTest.weights(SWIN), name -> "state_dict." + name);
        weights.putAll(NamingTest.renamed(NamingTest.weights(SWIN), name -> "state_dict_ema." + name));
        assertRefused(SWIN, weights, "checkpoint file.safetensors: 0 models among the 2 of the file: \"state_dict.\", "
                + "\"state_dict_ema.\" (need one: name a part of it that the others do not have)");
        Parameters parameters = Parameters.of(2);
        SWIN.make(parameters);
        assertThat(load(parameters, weights, LoadOptions.DEFAULT.withPart("state_dict_ema")).prefix())
                .isEqualTo("state_dict_ema.");
    }

    /** An optimiser's moments have the names and shapes of a model, in checkpoints of our own runs. */
    @Test
    void momentsAreNoModel() {
        Map<String, Tensor> weights = NamingTest.renamed(NamingTest.weights(SWIN), name -> "optimizer.m." + name);
        weights.putAll(NamingTest.renamed(NamingTest.weights(SWIN), name -> "model." + name));
        Parameters parameters = Parameters.of(2);
        SWIN.make(parameters);
        LoadReport report = load(parameters, weights, LoadOptions.DEFAULT);
        assertThat(report.prefix()).isEqualTo("model.");
        assertThat(report.aside()).contains("optimizer.m.norm.weight");
    }

    @Test
    void twoTensorsForOneParameterAreRefused() {
        Map<String, Tensor> weights = NamingTest.weights(SWIN);
        weights.put("layers.3.downsample.norm.weight", Tensor.zeros(128));
        weights.put("head.fc.weight", Tensor.zeros(10, 32));
        weights.put("head.weight", Tensor.zeros(10, 32));
        assertRefused(SWIN, weights, "checkpoint file.safetensors: two tensors for one parameter: \"head.weight\" is "
                + "the second for \"head.weight\" (need one: the file mixes namings)");
    }

    /** A naming that is given is taken, be it wrong. */
    @Test
    void aGivenNamingIsTaken() {
        Parameters parameters = Parameters.of(2);
        SWIN.make(parameters);
        assertThatThrownBy(() -> load(parameters, NamingTest.weights(SWIN),
                LoadOptions.DEFAULT.withNaming(Naming.MICROSOFT_SWIN)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("layers.1.downsample.norm.weight is [");
    }

    /** Whatever names and shapes a file has, a load fills the backbone or fails in one line and changes nothing. */
    @Test
    void strangeFilesAreFilledInOrRefused() {
        Random random = new Random(3);
        String[] odd = {"", ".", "\u001b[31m", "layers.99999999999.downsample.norm.weight", "blocks.0.norm1.weight",
            "features.0.0.weight", "module.patch_embed.proj.weight", "norm", "pos_embed",
            "layers.0.blocks.0.attn.qkv#7.",
            "encoder.layer.0.layernorm_before.weight", "embeddings.patch_embeddings.projection.weight",
            "encoder.layer.0.attention.attention.query.weight", "teacher.patch_embed.proj.weight"};
        int[][] shapes = {{}, {0}, {8}, {1, 0, 8}, {49, 1}, {0, 1}, {1, 5, 8}, {8, 0, 2, 2}, {8, 1, 2, 2},
            {1, 1, 1, 1, 1}};
        Parameters parameters = Parameters.of(2);
        SWIN.make(parameters);
        int refused = 0;
        for (int round = 0; round < 60; round++) {
            Map<String, Tensor> weights = NamingTest.weights(SWIN);
            List<String> names = new ArrayList<>(weights.keySet());
            for (int change = random.nextInt(4); change >= 0; change--) {
                String name = random.nextBoolean() ? odd[random.nextInt(odd.length)]
                        : names.get(random.nextInt(names.size()));
                weights.put(name, Tensor.zeros(shapes[random.nextInt(shapes.length)]));
            }
            List<FloatBuffer> before = values(parameters);
            try {
                LoadReport report = load(parameters, weights, LoadOptions.DEFAULT);
                assertThat(report.backbone().share()).isGreaterThanOrEqualTo(0.95);
                assertThat(report.text().replace("\n", "")).matches("\\P{Cntrl}*");
            } catch (CheckpointException e) {
                refused++;
                assertThat(e.getMessage()).matches("checkpoint file\\.safetensors: \\P{Cntrl}*\\)");
                assertThat(values(parameters)).isEqualTo(before);
            }
        }
        assertThat(refused).isBetween(15, 59);
    }

    private static List<FloatBuffer> values(Parameters parameters) {
        return parameters.all().stream().map(parameter -> FloatBuffer.wrap(parameter.value().toFloats())).toList();
    }

    private void assertRefused(BackboneConfig config, Map<String, Tensor> weights, String message) {
        Parameters parameters = Parameters.of(2);
        config.make(parameters);
        List<FloatBuffer> before = values(parameters);
        assertThatThrownBy(() -> load(parameters, weights, LoadOptions.DEFAULT))
                .isInstanceOf(CheckpointException.class).hasMessage(message);
        assertThat(values(parameters)).isEqualTo(before);
    }

    private static Parameters withHead(BackboneConfig config, int classes) {
        Parameters parameters = Parameters.of(2);
        config.make(parameters);
        parameters.at("head").make("weight", Initial.ZEROS, classes, 32);
        parameters.at("head").make("bias", Initial.ZEROS, classes);
        return parameters;
    }

    private LoadReport load(Parameters parameters, Map<String, Tensor> weights, LoadOptions options) {
        Path path = folder.resolve("file.safetensors");
        Safetensors.save(path, weights, Map.of());
        try (WeightFile file = WeightFile.open(path)) {
            return WeightLoader.load(file, parameters, options);
        }
    }
}
