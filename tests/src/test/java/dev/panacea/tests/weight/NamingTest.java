package dev.panacea.tests.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
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
import dev.panacea.tensor.io.Safetensors;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each naming is recognised, and none of its names is lost. The files are ours, renamed as others have it. */
class NamingTest {
    static final SwinConfig SWIN = new SwinConfig(32, 3, 2, 8, List.of(1, 2, 1), List.of(1, 2, 2), 4, 1e-5, 0, false);
    static final VitConfig VIT = new VitConfig(32, 3, 8, 16, 2, 2, 1e-6, 0, false);

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
    void timmsSwin() {
        assertThat(through(SWIN, weights(SWIN)).naming()).isEqualTo(Naming.TIMM_SWIN);
    }

    @Test
    void microsoftsSwinAndOlderTimms() {
        Map<String, Tensor> weights = renamed(weights(SWIN), NamingTest::microsoft);
        assertThat(weights).containsKey("layers.0.downsample.norm.weight")
                .doesNotContainKey("layers.2.downsample.norm.weight");
        weights.put("layers.0.blocks.0.attn.relative_position_index", Tensor.zeros(16, 16));
        weights.put("layers.1.blocks.1.attn_mask", Tensor.zeros(4, 16, 16));
        LoadReport report = through(SWIN, weights);
        assertThat(report.naming()).isEqualTo(Naming.MICROSOFT_SWIN);
        assertThat(report.ignored()).hasSize(2);
        assertThat(report.unexpected()).isEmpty();
    }

    /** A downsampling's shape tells, not its number: here both files have one in layer 1 alone. */
    @Test
    void theTwoAreToldApartByShapes() {
        SwinConfig deep = new SwinConfig(32, 3, 2, 8, List.of(1, 2, 4), List.of(1, 2, 2), 4, 1e-5, 0, false);
        Map<String, Tensor> timms = weights(deep);
        timms.keySet().removeIf(name -> name.startsWith("layers.2.downsample"));
        Map<String, Tensor> microsofts = renamed(weights(deep), NamingTest::microsoft);
        microsofts.keySet().removeIf(name -> name.startsWith("layers.0.downsample"));
        assertThat(microsofts.keySet()).isEqualTo(timms.keySet());
        assertThat(naming(deep, timms)).isEqualTo(Naming.TIMM_SWIN);
        assertThat(naming(deep, microsofts)).isEqualTo(Naming.MICROSOFT_SWIN);
        timms.put("layers.0.downsample.reduction.weight", Tensor.zeros(16, 32));
        assertThatThrownBy(() -> naming(deep, timms)).isInstanceOf(CheckpointException.class)
                .hasMessage("checkpoint file.safetensors: 1 downsamplings lead into the stage of their number, 1 lead "
                        + "out of it (need all alike: the file mixes two models)");
    }

    private Naming naming(SwinConfig config, Map<String, Tensor> weights) {
        Parameters parameters = Parameters.of(2);
        config.make(parameters);
        return load(parameters, weights, LoadOptions.DEFAULT).naming();
    }

    @ParameterizedTest
    @ValueSource(strings = {"module.", "backbone.", "encoder.", "state_dict.", "model.", "net.",
        "state_dict.module.encoder.backbone.", "model.net.module.model.", "student.module.backbone."})
    void prefixesAreStrippedInAnyNesting(String prefix) {
        LoadReport swin = through(SWIN, renamed(weights(SWIN), name -> prefix + microsoft(name)));
        assertThat(swin.prefix()).isEqualTo(prefix);
        assertThat(swin.naming()).isEqualTo(Naming.MICROSOFT_SWIN);
        LoadReport vit = through(VIT, renamed(weights(VIT), name -> prefix + torchvision(name)));
        assertThat(vit.prefix()).isEqualTo(prefix);
        assertThat(vit.naming()).isEqualTo(Naming.TORCHVISION_VIT);
    }

    @Test
    void timmsVit() {
        assertThat(through(VIT, weights(VIT)).naming()).isEqualTo(Naming.TIMM_VIT);
    }

    @Test
    void torchvisionsVitAndItsOlderMlp() {
        assertThat(through(VIT, renamed(weights(VIT), NamingTest::torchvision)).naming())
                .isEqualTo(Naming.TORCHVISION_VIT);
        assertThat(through(VIT, renamed(weights(VIT), name -> torchvision(name).replace("mlp.0", "mlp.linear_1")
                .replace("mlp.3", "mlp.linear_2"))).naming()).isEqualTo(Naming.TORCHVISION_VIT);
    }

    @Test
    void torchvisionsSwin() {
        Map<String, Tensor> weights = renamed(weights(SWIN), name -> rename(name,
                "patch_embed.proj", "features.0.0", "patch_embed.norm", "features.0.2",
                "layers.0.blocks", "features.1", "layers.1.downsample", "features.2", "layers.1.blocks", "features.3",
                "layers.2.downsample", "features.4", "layers.2.blocks", "features.5", "fc1", "0", "fc2", "3"));
        assertThat(through(SWIN, weights).naming()).isEqualTo(Naming.TORCHVISION_SWIN);
    }

    @Test
    void huggingFacesVit() {
        Map<String, Tensor> weights = renamed(weights(VIT), name -> "vit." + rename(name,
                "pos_embed", "embeddings.position_embeddings", "cls_token", "embeddings.cls_token",
                "patch_embed.proj", "embeddings.patch_embeddings.projection", "blocks.", "encoder.layer.",
                "norm1", "layernorm_before", "norm2", "layernorm_after", "attn.proj", "attention.output.dense",
                "mlp.fc1", "intermediate.dense", "mlp.fc2", "output.dense", "attn.qkv", "attention.attention.qkv")
                .replaceFirst("^norm", "layernorm"));
        weights = apart(weights);
        weights.put("classifier.weight", Tensor.zeros(2, 16));
        LoadReport report = through(VIT, weights);
        assertThat(report.naming()).isEqualTo(Naming.HUGGING_FACE_VIT);
        assertThat(report.aside()).containsExactly("classifier.weight");
        Map<String, Tensor> less = weights;
        less.put("vit.encoder.layer.0.attention.attention.key.bias", Tensor.zeros(15));
        assertThatThrownBy(() -> through(VIT, less)).hasMessage("checkpoint file.safetensors: query, key and value "
                + "differ: vit.encoder.layer.0.attention.attention.key.bias is [15], query is [16] (need three alike)");
        less.remove("vit.encoder.layer.1.attention.attention.key.bias");
        assertThatThrownBy(() -> through(VIT, less)).hasMessage("checkpoint file.safetensors: blocks.1.attn.qkv.bias: "
                + "a part is missing: found \"vit.encoder.layer.1.attention.attention.query.bias\", "
                + "\"vit.encoder.layer.1.attention.attention.value.bias\" (need query, key and value)");
    }

    @Test
    void huggingFacesSwin() {
        Map<String, Tensor> weights = renamed(weights(SWIN), name -> "swin." + rename(microsoft(name),
                "patch_embed.proj", "embeddings.patch_embeddings.projection", "patch_embed.norm", "embeddings.norm",
                "layers.", "encoder.layers.", "norm1", "layernorm_before", "norm2", "layernorm_after",
                "attn.proj", "attention.output.dense", "attn.relative", "attention.self.relative",
                "mlp.fc1", "intermediate.dense", "mlp.fc2", "output.dense", "attn.qkv", "attention.self.qkv")
                .replaceFirst("^norm", "layernorm"));
        assertThat(through(SWIN, apart(weights)).naming()).isEqualTo(Naming.HUGGING_FACE_SWIN);
    }

    /** Loads renamed weights into another model: all fit, and it computes the same. */
    private LoadReport through(BackboneConfig config, Map<String, Tensor> weights) {
        Parameters first = Parameters.of(1);
        Backbone original = config.make(first);
        Parameters second = Parameters.of(2);
        Backbone filled = config.make(second);
        LoadReport report = load(second, weights, LoadOptions.DEFAULT);
        assertThat(report.matched()).hasSameSizeAs(second.all());
        assertThat(report.missing()).isEmpty();
        Tensor x = RandomSource.of(5).normal(0, 1, 1, 3, 32, 32);
        assertThat(filled.pooled(x, Pass.EVALUATION).toFloats())
                .isEqualTo(original.pooled(x, Pass.EVALUATION).toFloats());
        return report;
    }

    private LoadReport load(Parameters parameters, Map<String, Tensor> weights, LoadOptions options) {
        Path path = folder.resolve("file.safetensors");
        Safetensors.save(path, weights, Map.of());
        try (WeightFile file = WeightFile.open(path)) {
            return WeightLoader.load(file, parameters, options);
        }
    }

    static Map<String, Tensor> weights(BackboneConfig config) {
        Parameters parameters = Parameters.of(1);
        config.make(parameters);
        Map<String, Tensor> weights = new HashMap<>();
        for (Parameter parameter : parameters.all()) {
            weights.put(parameter.path(), parameter.value());
        }
        return weights;
    }

    static Map<String, Tensor> renamed(Map<String, Tensor> weights, UnaryOperator<String> rename) {
        Map<String, Tensor> renamed = new HashMap<>();
        weights.forEach((name, value) -> renamed.put(rename.apply(name), value));
        assertThat(renamed).hasSameSizeAs(weights);
        return renamed;
    }

    static String microsoft(String name) {
        return rename(name, "layers.1.downsample", "layers.0.downsample", "layers.2.downsample", "layers.1.downsample");
    }

    private static String torchvision(String name) {
        return rename(name, "cls_token", "class_token", "pos_embed", "encoder.pos_embedding",
                "patch_embed.proj", "conv_proj", "blocks.", "encoder.layers.encoder_layer_", "norm1", "ln_1",
                "norm2", "ln_2", "attn.qkv.", "self_attention.in_proj_", "attn.proj", "self_attention.out_proj",
                "mlp.fc1", "mlp.0", "mlp.fc2", "mlp.3").replaceFirst("^norm", "encoder.ln");
    }

    /** Each pair's first text replaced by its second, where the ones before have not touched it. */
    private static String rename(String name, String... pairs) {
        StringBuilder done = new StringBuilder();
        String rest = name;
        while (!rest.isEmpty()) {
            String text = rest;
            int found = 0;
            while (found < pairs.length && !text.startsWith(pairs[found])) {
                found += 2;
            }
            boolean none = found == pairs.length;
            done.append(none ? text.substring(0, 1) : pairs[found + 1]);
            rest = text.substring(none ? 1 : pairs[found].length());
        }
        return done.toString();
    }

    /** Query, key and value in tensors of their own. */
    private static Map<String, Tensor> apart(Map<String, Tensor> weights) {
        Map<String, Tensor> apart = new HashMap<>();
        weights.forEach((name, value) -> {
            if (name.contains(".qkv.")) {
                int third = value.dim(0) / 3;
                List<Tensor> parts = value.split(0, third, third, third);
                apart.put(name.replace("qkv", "query"), parts.get(0));
                apart.put(name.replace("qkv", "key"), parts.get(1));
                apart.put(name.replace("qkv", "value"), parts.get(2));
            } else {
                apart.put(name, value);
            }
        });
        return apart;
    }
}
