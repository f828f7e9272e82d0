package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.Classifier;
import dev.panacea.nn.model.Features;
import dev.panacea.nn.model.HeatMaps;
import dev.panacea.nn.model.Models;
import dev.panacea.nn.model.PyramidClassifier;
import dev.panacea.nn.model.UperNet;
import dev.panacea.nn.model.UperNetConfig;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.cpu.ParallelRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every backbone, and of the heads on it. */
class BackboneTest {
    private final int threads = ParallelRows.threads();
    private MemoryScope scope;

    @BeforeEach
    void open() {
        scope = MemoryScope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
        ParallelRows.threads(threads);
    }

    /** Maps at strides 4, 8, 16 and 32, but for patches of 14: their maps are at strides 3.5, 7, 14 and 28. */
    @ParameterizedTest
    @CsvSource({"swin_nano, 64, 96, 2x3, 16x24 8x12 4x6 2x3", "swin_nano_window3, 100, 36, 4x2, 25x9 13x5 7x3 4x2",
            "vit_nano_patch8, 64, 40, 8x5, 16x10 8x5 4x2 2x1", "vit_nano_patch16, 48, 64, 3x4, 12x16 6x8 3x4 1x2",
            "vit_nano_patch32, 64, 96, 2x3, 16x24 8x12 4x6 2x3", "vit_nano_patch14, 56, 70, 4x5, 16x20 8x10 4x5 2x2"})
    void shapesFollowThePictures(String name, int height, int width, String grid, String sizes) {
        Parameters parameters = Parameters.of(1);
        Backbone model = Models.named(name).make(parameters);
        Tensor x = RandomSource.of(2).normal(0, 1, 2, 3, height, width);
        Shape tokens = model.tokens(x, Pass.EVALUATION).shape();
        assertThat(tokens.dim(1) + "x" + tokens.dim(2)).isEqualTo(grid);
        assertThat(tokens.dim(1)).isEqualTo((height + model.stride() - 1) / model.stride());
        assertThat(tokens.dim(3)).isEqualTo(model.channels());
        assertThat(model.pooled(x, Pass.EVALUATION).shape()).isEqualTo(Shape.of(2, model.channels()));
        Features features = model.features(parameters);
        List<Tensor> maps = features.forward(x, Pass.EVALUATION);
        assertThat(maps).extracting(map -> map.dim(1)).isEqualTo(features.channels());
        assertThat(maps.stream().map(map -> map.dim(2) + "x" + map.dim(3)).collect(Collectors.joining(" ")))
                .isEqualTo(sizes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"swin_nano_64", "vit_nano_patch16_64"})
    void aPictureIsSeenAloneAsAmongOthers(String name) {
        Parameters parameters = Parameters.of(1);
        Backbone model = Models.named(name).make(parameters);
        UperNet net = new UperNet(parameters, model, new UperNetConfig(2, 8, List.of(1, 2)));
        Tensor x = RandomSource.of(2).normal(0, 1, 3, 3, 64, 96);
        Tensor pooled = model.pooled(x, Pass.EVALUATION);
        Tensor logits = net.forward(x, Pass.EVALUATION);
        for (int b = 0; b < 3; b++) {
            Tensor alone = x.slice(0, b, b + 1);
            assertThat(model.pooled(alone, Pass.EVALUATION).toFloats())
                    .isEqualTo(pooled.slice(0, b, b + 1).toFloats());
            assertThat(net.forward(alone, Pass.EVALUATION).toFloats())
                    .isEqualTo(logits.slice(0, b, b + 1).toFloats());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"swin_nano_64", "vit_nano_patch16_64"})
    void threadsDoNotChangeAByte(String name) {
        List<float[]> one = null;
        for (int count : new int[] {1, 2, 3}) {
            ParallelRows.threads(count);
            List<float[]> all = trained(name);
            if (one == null) {
                one = all;
            }
            assertThat(all).hasSameSizeAs(one);
            for (int i = 0; i < one.size(); i++) {
                assertThat(all.get(i)).as("%d threads, tensor %d", count, i).isEqualTo(one.get(i));
            }
        }
    }

    /** The logits of a UPerNet, and every gradient or, for a buffer, its value. */
    private static List<float[]> trained(String name) {
        Parameters parameters = Parameters.of(1);
        UperNet net = new UperNet(parameters, Models.named(name).withDropPath(0.3).make(parameters),
                new UperNetConfig(2, 8, List.of(1, 2)));
        Tensor x = RandomSource.of(2).normal(0, 1, 2, 3, 64, 96);
        try (MemoryScope _ = MemoryScope.open("training"); Tape tape = new Tape()) {
            TrainingPass pass = new TrainingPass(tape, RandomSource.of(3));
            Variable logits = net.forward(tape.constant(x), pass);
            Gradients gradients = tape.backward(logits.mul(logits).sum(false));
            List<float[]> all = new ArrayList<>(List.of(logits.value().toFloats()));
            for (Parameter parameter : parameters.all()) {
                all.add((parameter.isTrainable() ? pass.gradient(gradients, parameter) : parameter.value()).toFloats());
            }
            return all;
        }
    }

    @Test
    void aClassifierReadsThePooledEmbedding() {
        Parameters parameters = Parameters.of(1);
        Backbone model = Models.named("vit_nano_patch16_32").make(parameters);
        Classifier classifier = new Classifier(parameters, model, 14);
        Tensor x = RandomSource.of(2).normal(0, 1, 2, 3, 32, 32);
        Tensor expected = model.pooled(x, Pass.EVALUATION).linear(parameters.find("head.weight").orElseThrow().value(),
                parameters.find("head.bias").orElseThrow().value());
        assertThat(classifier.forward(x, Pass.EVALUATION).toFloats()).isEqualTo(expected.toFloats());
    }

    @ParameterizedTest
    @ValueSource(strings = {"swin_nano_window2_64", "vit_nano_patch16_64"})
    void aPyramidClassifierReadsWhatStandsOutInEachMap(String name) {
        Parameters parameters = Parameters.of(1);
        Backbone model = Models.named(name).make(parameters);
        PyramidClassifier classifier = new PyramidClassifier(parameters, model, 3);
        Tensor weight = parameters.find("head.weight").orElseThrow().value();
        Tensor x = RandomSource.of(2).normal(0, 1, 2, 3, 64, 64);
        List<Tensor> maps = model.features(parameters.at("again")).forward(x, Pass.EVALUATION);
        Tensor logits = classifier.forward(x, Pass.EVALUATION);
        Tensor evidence = classifier.evidence(x, Pass.EVALUATION);
        assertThat(evidence.shape()).isEqualTo(Shape.of(2, 3, 16, 16));
        int channels = maps.stream().mapToInt(map -> map.dim(1)).sum();
        assertThat(weight.shape()).isEqualTo(Shape.of(3, channels));
        if (name.startsWith("vit")) { // whose maps have weights of their own: what they are is not known here
            return;
        }
        double norm = Math.sqrt(1 + 1e-5); // of moments that have not moved yet
        for (int picture = 0; picture < 2; picture++) {
            for (int label = 0; label < 3; label++) {
                double sum = 0;
                double place = 0;
                int from = 0;
                for (Tensor map : maps) {
                    for (int c = 0; c < map.dim(1); c++) {
                        Tensor one = map.select(0, picture).select(0, c);
                        double share = weight.toDoubles()[label * channels + from + c] / norm;
                        sum += share * Arrays.stream(one.toDoubles()).max().orElseThrow();
                        place += share * one.toDoubles()[0]; // a corner stays what it is when a map is made wider
                    }
                    from += map.dim(1);
                }
                assertThat(logits.toDoubles()[picture * 3 + label]).isCloseTo(sum, within(1e-5));
                assertThat(evidence.toDoubles()[(picture * 3 + label) * 256]).isCloseTo(place, within(1e-5));
            }
        }
    }

    @Test
    void pointsAreWhereMapsAreLargest() {
        Tensor maps = Tensor.zeros(1, 2, 3, 5);
        maps.set(2, 0, 0, 1, 4);
        maps.set(2, 0, 0, 2, 0); // as large, and later
        maps.set(-1, 0, 1, 0, 0);
        assertThat(HeatMaps.points(maps).toDoubles()).containsExactly(1, 4, 0, 1);
    }
}
