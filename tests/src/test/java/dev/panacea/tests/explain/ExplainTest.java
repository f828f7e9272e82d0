package dev.panacea.tests.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.explain.AttentionMap;
import dev.panacea.nn.explain.GradCam;
import dev.panacea.nn.explain.Rollout;
import dev.panacea.nn.explain.TokenGrid;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.Classifier;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Normal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplainTest {
    private static final VitConfig VIT = new VitConfig(20, 1, 4, 8, 3, 2, 1e-6, 0.2, true);
    private static final SwinConfig SWIN =
            new SwinConfig(32, 1, 2, 8, List.of(2, 2), List.of(2, 4), 4, 1e-5, 0.2, true);

    private MemoryScope scope;
    private Parameters parameters;

    @BeforeEach
    void open() {
        scope = MemoryScope.open("test");
        parameters = Parameters.of(7);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    static Stream<BackboneConfig> families() {
        return Stream.of(VIT, SWIN);
    }

    /** A backbone whose attention is far from even, and whose windows hang over the edge of the pictures. */
    private Backbone make(BackboneConfig config) {
        Backbone backbone = config.make(parameters);
        RandomSource random = RandomSource.of(3);
        for (Parameter parameter : parameters.all()) {
            RandomSource own = random.child(parameter.path().hashCode());
            Tensor drawn = Tensor.make(new Normal(parameter.shape(), 0, 0.5, own));
            for (long i = 0; i < parameter.size(); i++) {
                parameter.value().flat(i, parameter.value().flat(i) + drawn.flat(i));
            }
        }
        return backbone;
    }

    private static Tensor pictures(int number) {
        return Tensor.make(new Normal(Shape.of(number, 1, 40, 28), 0, 1, RandomSource.of(5)));
    }

    /** What a block was given, gave and asked for. */
    private record Seen(Tensor input, Tensor output, List<Parameter> asked) {
        Tensor of(String ending) {
            return asked.stream().filter(parameter -> parameter.path().endsWith(ending)).findFirst().orElseThrow()
                    .value();
        }
    }

    /** Evaluation that tells of each block, or changes what goes into one. */
    private static class Spy implements Pass<Tensor> {
        final List<Seen> seen = new ArrayList<>();
        final List<Parameter> asked = new ArrayList<>();
        int changed = -1;
        UnaryOperator<Tensor> change = UnaryOperator.identity();

        @Override
        public boolean training() {
            return false;
        }

        @Override
        public Tensor of(Parameter parameter) {
            asked.add(parameter);
            return parameter.value();
        }

        @Override
        public RandomSource random() {
            throw new AssertionError();
        }

        @Override
        public void update(Parameter buffer, double keep, Tensor value, double add) {
            throw new AssertionError();
        }

        @Override
        public Tensor block(Tensor input, boolean recompute, UnaryOperator<Tensor> body) {
            asked.clear();
            Tensor given = seen.size() == changed ? change.apply(input) : input;
            Tensor output = body.apply(given);
            seen.add(new Seen(given, output, List.copyOf(asked)));
            return output;
        }
    }

    /** Σ of values by the weights of a map, then the rest of the block, must give what the fused block gave. */
    @ParameterizedTest
    @MethodSource("families")
    void weightsAreThoseThatBlocksUse(BackboneConfig config) {
        Backbone backbone = make(config);
        Tensor pictures = pictures(2);
        Spy spy = new Spy();
        backbone.tokens(pictures, spy);
        List<Seen> blocks = spy.seen.stream().filter(seen -> seen.asked.stream()
                .anyMatch(parameter -> parameter.path().endsWith("attn.qkv.weight"))).toList();
        List<AttentionMap> maps = AttentionMap.of(backbone, pictures);
        assertThat(maps).hasSameSizeAs(blocks);
        for (int i = 0; i < maps.size(); i++) {
            Seen block = blocks.get(i);
            assertThat(block.asked.getFirst().path()).startsWith(maps.get(i).block() + ".");
            Tensor again = again(block, maps.get(i), config instanceof VitConfig ? 1e-6 : 1e-5);
            double[] expected = block.output.toDoubles();
            double[] actual = again.toDoubles();
            for (int at = 0; at < expected.length; at++) {
                assertThat(actual[at]).isCloseTo(expected[at], within(2e-4));
            }
        }
    }

    private static Tensor again(Seen block, AttentionMap map, double epsilon) {
        int channels = block.input.dim(-1);
        int pictures = block.input.dim(0);
        int tokens = map.grid().tokens();
        int heads = map.heads();
        Tensor x = block.input.reshape(pictures, tokens, channels);
        Tensor qkvBias = block.of("attn.qkv.bias");
        Tensor values = x.layerNorm(block.of("norm1.weight"), block.of("norm1.bias"), epsilon)
                .linear(block.of("attn.qkv.weight"), qkvBias).slice(2, 2 * channels, 3 * channels);
        Tensor y = Tensor.zeros(pictures, tokens, channels);
        int depth = channels / heads;
        for (int picture = 0; picture < pictures; picture++) {
            for (int query = 0; query < tokens; query++) {
                for (int channel = 0; channel < channels; channel++) {
                    double[] row = map.row(picture, channel / depth, query);
                    double sum = 0;
                    for (int key = 0; key < tokens; key++) {
                        sum += row[key] * values.at(picture, key, channel);
                    }
                    double beside = 1 - Arrays.stream(row).sum(); // zeros beside the picture have the bias as value
                    assertThat(beside).isBetween(-1e-5, 1.0);
                    y.set(sum + beside * qkvBias.at(2 * channels + channel), picture, query, channel);
                }
            }
        }
        Tensor attended = x.add(y.linear(block.of("attn.proj.weight"), block.of("attn.proj.bias")));
        return attended.add(attended.layerNorm(block.of("norm2.weight"), block.of("norm2.bias"), epsilon)
                .linear(block.of("mlp.fc1.weight"), block.of("mlp.fc1.bias")).gelu()
                .linear(block.of("mlp.fc2.weight"), block.of("mlp.fc2.bias")));
    }

    /** The first block of a Vision Transformer, from its parameters alone, one number after another. */
    @Test
    void firstBlockFromItsParameters() {
        Backbone backbone = make(VIT);
        Tensor picture = Tensor.make(new Normal(Shape.of(1, 1, 20, 20), 0, 1, RandomSource.of(6)));
        AttentionMap map = AttentionMap.of(backbone, picture).getFirst();
        assertThat(map.grid()).isEqualTo(new TokenGrid(5, 5, 1));
        double[][] normed = new double[26][8];
        for (int token = 0; token < 26; token++) {
            for (int c = 0; c < 8; c++) {
                double value = token == 0 ? value("cls_token", 0, 0, c) : value("patch_embed.proj.bias", c);
                for (int pixel = 0; token > 0 && pixel < 16; pixel++) {
                    value += value("patch_embed.proj.weight", c, 0, pixel / 4, pixel % 4)
                            * picture.at(0, 0, (token - 1) / 5 * 4 + pixel / 4, (token - 1) % 5 * 4 + pixel % 4);
                }
                normed[token][c] = value + value("pos_embed", 0, token, c);
            }
            double mean = Arrays.stream(normed[token]).average().orElseThrow();
            double variance = Arrays.stream(normed[token]).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            for (int c = 0; c < 8; c++) {
                normed[token][c] = (normed[token][c] - mean) / Math.sqrt(variance + 1e-6)
                        * value("blocks.0.norm1.weight", c) + value("blocks.0.norm1.bias", c);
            }
        }
        for (int head = 0; head < 2; head++) {
            for (int query = 0; query < 26; query += 5) {
                double[] weights = new double[26];
                for (int key = 0; key < 26; key++) {
                    for (int d = 0; d < 4; d++) {
                        weights[key] += part(normed[query], head * 4 + d) * part(normed[key], 8 + head * 4 + d) / 2;
                    }
                }
                double[] scores = weights.clone();
                double sum = Arrays.stream(scores).map(Math::exp).sum();
                double[] expected = Arrays.stream(scores).map(score -> Math.exp(score) / sum).toArray();
                assertThat(map.row(0, head, query)).containsExactly(expected, within(1e-5));
            }
        }
    }

    private double value(String path, int... index) {
        return parameters.find(path).orElseThrow().value().at(index);
    }

    private double part(double[] token, int output) {
        double sum = value("blocks.0.attn.qkv.bias", output);
        for (int c = 0; c < token.length; c++) {
            sum += value("blocks.0.attn.qkv.weight", output, c) * token[c];
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("families")
    void rolloutSumsToOne(BackboneConfig config) {
        Rollout rollout = Rollout.of(make(config), pictures(2));
        for (int picture = 0; picture < 2; picture++) {
            for (int token = 0; token < rollout.lastGrid().tokens(); token++) {
                double[] row = rollout.row(picture, token);
                assertThat(row).hasSize(rollout.grid().tokens());
                assertThat(Arrays.stream(row).min().orElseThrow()).isNotNegative();
                assertThat(Arrays.stream(row).sum()).isCloseTo(1, within(1e-9));
            }
            assertThat(Arrays.stream(rollout.pooled(picture)).sum()).isCloseTo(1, within(1e-9));
        }
    }

    /** Â_3 · Â_2 · Â_1, as the paper has it. */
    @Test
    void rolloutIsAProductOfMatrices() {
        Backbone backbone = make(VIT);
        Tensor pictures = pictures(1);
        double[][] product = null;
        for (AttentionMap map : AttentionMap.of(backbone, pictures)) {
            int n = map.grid().tokens();
            double[][] next = new double[n][n];
            for (int i = 0; i < n; i++) {
                double[] first = map.row(0, 0, i);
                double[] second = map.row(0, 1, i);
                for (int j = 0; j < n; j++) {
                    double hat = (first[j] + second[j]) / 4 + (i == j ? 0.5 : 0);
                    for (int k = 0; k < n; k++) {
                        next[i][k] += hat * (product == null ? j == k ? 1 : 0 : product[j][k]);
                    }
                }
            }
            product = next;
        }
        Rollout rollout = Rollout.of(backbone, pictures);
        for (int i = 0; i < product.length; i++) {
            assertThat(rollout.row(0, i)).containsExactly(product[i], within(1e-6));
        }
        assertThat(rollout.pooled(0)).isEqualTo(rollout.row(0, 0));
    }

    @ParameterizedTest
    @MethodSource("families")
    void picturesDoNotKnowEachOther(BackboneConfig config) {
        Backbone backbone = make(config);
        Tensor two = pictures(2);
        Tensor second = two.slice(0, 1, 2);
        List<AttentionMap> both = AttentionMap.of(backbone, two);
        List<AttentionMap> alone = AttentionMap.of(backbone, second);
        for (int i = 0; i < both.size(); i++) {
            assertThat(both.get(i).read(1, 1)).isEqualTo(alone.get(i).read(0, 1));
        }
        assertThat(Rollout.of(backbone, two).pooled(1)).isEqualTo(Rollout.of(backbone, second).pooled(0));
        Tensor maps = GradCam.map(backbone, two, GradCam.ofEmbedding(backbone));
        Tensor map = GradCam.map(backbone, second, GradCam.ofEmbedding(backbone));
        assertThat(maps.slice(0, 1, 2).toDoubles()).isEqualTo(map.toDoubles());
    }

    /** score = Σ W · A: the weight of a channel is the mean of its W. */
    @Test
    void gradCamOfALinearScore() {
        Tensor activation = Tensor.make(new Normal(Shape.of(2, 3, 4, 5), 0, 1, RandomSource.of(1)));
        Tensor weight = Tensor.make(new Normal(Shape.of(3, 4, 5), 0, 1, RandomSource.of(2)));
        Tensor map = GradCam.of(activation, a -> a.mul(a.lift(weight)).sum(false, 1, 2, 3));
        assertThat(map.shape()).isEqualTo(Shape.of(2, 3, 4));
        for (int i = 0; i < 24; i++) {
            double sum = 0;
            for (int k = 0; k < 5; k++) {
                double alpha = 0;
                for (int place = 0; place < 12; place++) {
                    alpha += weight.at(place / 4, place % 4, k) / 12;
                }
                sum += alpha * activation.at(i / 12, i / 4 % 3, i % 4, k);
            }
            assertThat(map.at(i / 12, i / 4 % 3, i % 4)).isCloseTo(Math.max(0, sum), within(1e-5));
        }
    }

    /** The weights of channels by central differences: the logit with a channel of the last block's input shifted. */
    @ParameterizedTest
    @MethodSource("families")
    void gradCamOfAClass(BackboneConfig config) {
        Backbone backbone = make(config);
        Classifier classifier = new Classifier(parameters, backbone, 3);
        Tensor pictures = pictures(1);
        Tensor map = GradCam.map(backbone, pictures, GradCam.ofClass(classifier, 2));
        Spy spy = new Spy();
        backbone.tokens(pictures, spy);
        int last = spy.seen.size() - 1;
        int classTokens = config instanceof VitConfig ? 1 : 0;
        Tensor input = spy.seen.getLast().input;
        int channels = input.dim(-1);
        Tensor tokens = input.reshape((int) (input.size() / channels), channels);
        int places = tokens.dim(0) - classTokens;
        assertThat(map.shape()).isEqualTo(Shape.of(1, 10, 7));
        double[] alpha = new double[channels];
        for (int k = 0; k < channels; k++) {
            double step = 1e-2;
            alpha[k] = (shifted(classifier, pictures, last, k, step) - shifted(classifier, pictures, last, k, -step))
                    / (2 * step) / places;
        }
        for (int place = 0; place < places; place++) {
            double sum = 0;
            for (int k = 0; k < channels; k++) {
                sum += alpha[k] * tokens.at(place + classTokens, k);
            }
            assertThat(map.flat(place)).isCloseTo(Math.max(0, sum), within(2e-3 * (1 + Math.abs(sum))));
        }
        assertThat(map.max(false).item()).isPositive();
    }

    private static double shifted(Classifier classifier, Tensor pictures, int block, int channel, double by) {
        Spy spy = new Spy();
        spy.changed = block;
        spy.change = input -> {
            Tensor copy = input.copy();
            int channels = copy.dim(-1);
            long first = copy.shape().rank() == 3 ? channels : 0; // not the class token
            for (long i = first + channel; i < copy.size(); i += channels) {
                copy.flat(i, copy.flat(i) + by);
            }
            return copy;
        };
        return classifier.forward(pictures, spy).at(0, 2);
    }
}
