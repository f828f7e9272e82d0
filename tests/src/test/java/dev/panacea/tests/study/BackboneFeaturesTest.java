package dev.panacea.tests.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.data.Normalisation;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Preparation;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.study.BackboneFeatures;
import dev.panacea.ace.study.BackboneSpec;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.TokenMap;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.train.Student;
import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.Models;
import dev.panacea.nn.weight.LoadOptions;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.op.Copy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What studies see of a backbone is what it computes. */
class BackboneFeaturesTest {
    private static final BackboneSpec VIT =
            BackboneSpec.foreign("vit", Models.named("vit_nano_patch16_64"), Normalisation.XRAY);
    private static final List<Picture> PICTURES = LongStream.range(0, 3)
            .mapToObj(seed -> DrawnXray.draw(seed, 80).picture()).toList();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(BackboneFeatures.Pooling.class)
    void embeddingsAreTheBackbones(BackboneFeatures.Pooling pooling) {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Backbone backbone = VIT.random(5);
            List<float[]> pooled = new BackboneFeatures(backbone, VIT, pooling, 2).pooled(PICTURES);
            Preparation preparation = new Preparation(64, 3, Preparation.Fit.STRETCH, Normalisation.XRAY);
            for (int i = 0; i < PICTURES.size(); i++) {
                Backbone.Encoding<Tensor> encoding = backbone.encode(Tensor.of(Shape.of(1, 3, 64, 64),
                        preparation.apply(PICTURES.get(i))), Pass.EVALUATION);
                Tensor expected = pooling == BackboneFeatures.Pooling.CLASS ? encoding.pooled()
                        : encoding.tokens().mean(false, 1, 2);
                float[] values = expected.toFloats();
                assertThat(pooled.get(i)).hasSize(values.length);
                for (int k = 0; k < values.length; k++) {
                    assertThat(pooled.get(i)[k]).isCloseTo(values[k], within(1e-5f));
                }
            }
        }
    }

    @Test
    void batchesDoNotChangeABit() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Backbone backbone = VIT.random(5);
            List<TokenMap> one = new BackboneFeatures(backbone, VIT, BackboneFeatures.Pooling.TOKENS, 1)
                    .tokens(PICTURES);
            List<TokenMap> three = new BackboneFeatures(backbone, VIT, BackboneFeatures.Pooling.TOKENS, 3)
                    .tokens(PICTURES);
            for (int i = 0; i < PICTURES.size(); i++) {
                assertThat(one.get(i).rows()).isEqualTo(4);
                assertThat(three.get(i).values()).isEqualTo(one.get(i).values());
            }
        }
    }

    /** After the dense head tokens have length 1; the embedding of the picture is the backbone's. */
    @Test
    void tokensMayBeThoseThatTrainingMatches() {
        PretrainConfig config = Recipe.PANACEA.config().with(Map.of("model.name", "vit_nano", "grid.imagePixels", "128",
                "grid.cellPixels", "16", "grid.viewCells", "4", "globalHead.outputs", "32"));
        BackboneSpec spec = BackboneSpec.of(config);
        Path file = folder.resolve("student.safetensors");
        Path bare = folder.resolve("bare.safetensors");
        try (MemoryScope _ = MemoryScope.open("test")) {
            Student student = new Student(config);
            Safetensors.save(file, tensors(student.parameters()), Map.of());
            Parameters plain = Parameters.of(1);
            spec.model().make(plain);
            Safetensors.save(bare, tensors(plain), Map.of());
            Backbone dense = spec.withDense(true).load(file, LoadOptions.DEFAULT).backbone();
            Tensor pictures = Tensor.of(Shape.of(1, 3, 64, 64), new Preparation(64, 3, Preparation.Fit.STRETCH,
                    Normalisation.XRAY).apply(PICTURES.getFirst()));
            Tensor tokens = student.encode(pictures, pictures, Pass.EVALUATION).dense1();
            assertThat(dense.tokens(pictures, Pass.EVALUATION).toFloats()).isEqualTo(tokens.toFloats());
            assertThat(tokens.mul(tokens).sum(false, -1).toFloats()).containsOnly(new float[] {1}, within(1e-5f));
            assertThat(dense.encode(pictures, Pass.EVALUATION).pooled().toFloats())
                    .isEqualTo(student.backbone().pooled(pictures, Pass.EVALUATION).toFloats());
            assertThatThrownBy(() -> spec.withDense(true).load(bare, LoadOptions.DEFAULT))
                    .isInstanceOf(CheckpointException.class).hasMessageContaining("no dense head that fits");
        }
    }

    private static Map<String, Tensor> tensors(Parameters parameters) {
        return parameters.all().stream().collect(Collectors.toMap(Parameter::path, Parameter::value));
    }

    @Test
    void whatHasDivergedIsRefused() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Parameters parameters = Parameters.of(5);
            Backbone backbone = VIT.model().make(parameters);
            Tensor weight = parameters.all().getLast().value();
            Tensor.into(new Copy(), List.of(weight.affine(Double.NaN, 0)), List.of(weight));
            FeatureExtractor features = new BackboneFeatures(backbone, VIT, BackboneFeatures.Pooling.TOKENS, 1);
            assertThatThrownBy(() -> features.pooled(PICTURES)).isInstanceOf(DataException.class)
                    .hasMessageContaining("not finite");
        }
    }

    /** A view is 7/16 of a picture, as 448 of 1024 in the paper, in whole tokens. */
    @ParameterizedTest
    @CsvSource({"vit_base_patch32_448, 1024", "vit_base_patch16_224, 512", "vit_nano_patch16_96, 224",
        "swin_base_448, 1024", "swin_nano_96, 224"})
    void picturesAreAsMuchLargerAsInThePaper(String name, int image) {
        assertThat(BackboneSpec.foreign(name, Models.named(name), Normalisation.XRAY).imagePixels()).isEqualTo(image);
    }

    @Test
    void recipesTellTheirSizes() {
        BackboneSpec spec = BackboneSpec.of(Recipe.PANACEA.config());
        assertThat(spec.name()).isEqualTo("swin_base");
        assertThat(spec.imagePixels()).isEqualTo(1024);
        assertThat(spec.model().imagePixels()).isEqualTo(448);
        assertThat(spec.normalisation()).isEqualTo(Normalisation.XRAY);
    }

    @Test
    void groupsAreMeansOfTwoByTwo() {
        TokenMap map = new TokenMap(2, 4, 1, new float[] {1, 2, 3, 4, 5, 6, 7, 8});
        assertThat(map.groups().values()).containsExactly(3.5f, 5.5f);
        assertThat(map.mean()).containsExactly(4.5f);
        assertThat(map.token(1, 2)).containsExactly(7);
    }
}
