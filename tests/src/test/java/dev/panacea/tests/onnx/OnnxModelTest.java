package dev.panacea.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxModelMetadata;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.Classifier;
import dev.panacea.nn.model.Models;
import dev.panacea.nn.model.PyramidClassifier;
import dev.panacea.nn.model.UperNet;
import dev.panacea.nn.model.UperNetConfig;
import dev.panacea.nn.onnx.OnnxExport;
import dev.panacea.nn.onnx.OnnxModel;
import dev.panacea.nn.onnx.OnnxValue;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.FreedTensorException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.LayerNorm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole networks in ONNX Runtime give what they give here, for batches of any size. */
class OnnxModelTest {
    private static final double TOLERANCE = 1e-5; // of the largest

    /** A network written once for both carriers. */
    private interface Network {
        <T extends TensorOps<T>> SequencedMap<String, T> run(T pictures, Pass<T> pass);
    }

    private static OnnxModel exported(Shape picture, Network network) {
        return OnnxExport.anyBatch(picture, network::run);
    }

    private static OnnxModel exported(UnaryOperator<OnnxValue> network) {
        return OnnxExport.anyBatch(Shape.of(2, 4, 4), (pictures, _) -> one("y", network.apply(pictures)));
    }

    private static <T> SequencedMap<String, T> one(String name, T value) {
        SequencedMap<String, T> results = new LinkedHashMap<>();
        results.put(name, value);
        return results;
    }

    private static <T> SequencedMap<String, T> two(String name, T value, String otherName, T other) {
        SequencedMap<String, T> results = one(name, value);
        results.put(otherName, other);
        return results;
    }

    /** Values that tell biases, scales and statistics apart, which are alike where training starts. */
    private static Parameters varied(Parameters parameters) {
        RandomSource random = RandomSource.of(7);
        for (Parameter parameter : parameters.all()) {
            Tensor noise = random.uniform(0, 0.5, parameter.shape().dims());
            random = random.child(1);
            boolean table = parameter.path().endsWith("table");
            for (long i = 0; i < parameter.size(); i++) {
                double value = parameter.value().flat(i);
                parameter.value().flat(i, table ? 50 * value : parameter.shape().rank() == 1 ? value + noise.flat(i)
                        : value);
            }
        }
        return parameters;
    }

    private static void check(Shape picture, Network network) {
        try (OrtRun run = OrtRun.of(exported(picture, network))) {
            for (int batch : new int[] {1, 3}) {
                Tensor pictures = RandomSource.of(batch).normal(0, 1, batch, picture.dim(0), picture.dim(1),
                        picture.dim(2));
                Map<String, Tensor> expected = network.run(pictures, Pass.EVALUATION);
                Map<String, Tensor> actual = run.run(pictures);
                assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
                actual.forEach((name, result) -> assertClose(name, result, expected.get(name)));
            }
        }
    }

    private static void assertClose(String name, Tensor actual, Tensor expected) {
        assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
        double largest = expected.abs().max(false).item();
        assertThat(actual.sub(expected).abs().max(false).item()).as("%s: error, largest %s", name, largest)
                .isLessThan(TOLERANCE * largest);
    }

    private static Network encoding(Backbone backbone) {
        return new Network() {
            @Override
            public <T extends TensorOps<T>> SequencedMap<String, T> run(T pictures, Pass<T> pass) {
                Backbone.Encoding<T> encoding = backbone.encode(pictures, pass);
                return two("tokens", encoding.tokens(), "pooled", encoding.pooled());
            }
        };
    }

    /** Windows that divide the grid, that need it filled up, and that are as large as it; interpolated positions. */
    @ParameterizedTest
    @CsvSource({"swin_nano_window4_64, 64, 64", "swin_nano_window3_64, 64, 96", "swin_nano_window14_112, 112, 112",
        "vit_nano_patch16_64, 64, 64", "vit_nano_patch16_64, 96, 80"})
    void backbonesAreTheSame(String model, int height, int width) {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Parameters parameters = Parameters.of(1);
            Backbone backbone = Models.named(model).make(parameters);
            varied(parameters);
            check(Shape.of(3, height, width), encoding(backbone));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"swin_nano_window4_64", "vit_nano_patch16_64"})
    void headsAreTheSame(String model) {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Parameters parameters = Parameters.of(2);
            Backbone backbone = Models.named(model).make(parameters);
            Classifier classifier = new Classifier(parameters, backbone, 5);
            PyramidClassifier pyramid = new PyramidClassifier(parameters.at("pyramid"), backbone, 4);
            UperNet segmenter = new UperNet(parameters, backbone, UperNetConfig.of(3).withChannels(16));
            varied(parameters);
            check(Shape.of(3, 64, 64), new Network() {
                @Override
                public <T extends TensorOps<T>> SequencedMap<String, T> run(T pictures, Pass<T> pass) {
                    SequencedMap<String, T> all = two("probabilities", classifier.forward(pictures, pass).softmax(1),
                            "masks", segmenter.forward(pictures, pass));
                    all.put("logits", pyramid.forward(pictures, pass));
                    all.put("evidence", pyramid.evidence(pictures, pass));
                    return all;
                }
            });
        }
    }

    @Test
    void theFileTellsWhatItIs(@TempDir Path folder) throws IOException, OrtException {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Parameters parameters = Parameters.of(1);
            OnnxModel model = exported(Shape.of(3, 64, 64), encoding(Models.named("swin_nano_window4_64")
                    .make(parameters))).with("labels", "heart,lung").with("note", "grün");
            assertThat(model.signature())
                    .isEqualTo("pictures [batch, 3, 64, 64] → tokens [batch, 2, 2, 192], pooled [batch, 192]");
            Path file = folder.resolve("model.onnx");
            model.write(file);
            assertThat(Files.size(file)).isEqualTo(model.byteSize());
            assertThat(folder).isDirectoryNotContaining("glob:**.partial");
            String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
            assertThat(parameters.all()).allMatch(parameter -> bytes.contains(parameter.path()));
            long weights = 4 * parameters.all().stream().mapToLong(Parameter::size).sum();
            assertThat(model.byteSize()).as("each weight once").isBetween(weights, weights + 120_000);
            try (OrtRun run = OrtRun.of(file)) {
                OnnxModelMetadata facts = run.session().getMetadata();
                assertThat(facts.getCustomMetadata()).isEqualTo(Map.of("labels", "heart,lung", "note", "grün"));
                assertThat(facts.getProducerName()).isEqualTo("panacea");
                TensorInfo fed = (TensorInfo) run.session().getInputInfo().get("pictures").getInfo();
                assertThat(fed.getShape()).containsExactly(-1, 3, 64, 64);
                assertThat(fed.getDimensionNames()[0]).isEqualTo("batch");
                TensorInfo read = (TensorInfo) run.session().getOutputInfo().get("tokens").getInfo();
                assertThat(read.getShape()).containsExactly(-1, 2, 2, 192);
            }
        }
    }

    @Test
    void sameNetworkSameBytes(@TempDir Path folder) throws IOException {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Network network = encoding(Models.named("vit_nano_patch16_32").make(Parameters.of(1)));
            List<Path> files = IntStream.range(0, 2).mapToObj(i -> folder.resolve(i + ".onnx")).toList();
            files.forEach(file -> exported(Shape.of(3, 32, 32), network).write(file));
            assertThat(Files.mismatch(files.get(0), files.get(1))).isEqualTo(-1);
        }
    }

    @Test
    void sizesThatDependOnTheBatchAreComputed() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Shape picture = Shape.of(2, 4, 4);
            check(picture, new Network() {
                @Override
                public <T extends TensorOps<T>> SequencedMap<String, T> run(T pictures, Pass<T> pass) {
                    int batch = pictures.spec().dim(0);
                    T one = pictures.lift(Tensor.full(ElementType.F32, 3, 1, 1, 4));
                    T all = one.expand(batch * 2, 4, 4).reshape(batch, 2, 4, 4);
                    return two("sum", pictures.add(all), "square", pictures.slice(1, 0, 1).reshape(batch, 16)
                            .matmul(pictures.slice(1, 1, 2).reshape(batch, 16).transpose(0, 1)));
                }
            });
        }
    }

    @Test
    void aFixedBatchHasItsSize() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            OnnxModel model = OnnxExport.fixed(Shape.of(2, 3, 4, 4), (pictures, _) -> one("y", pictures.relu()));
            assertThat(model.signature()).isEqualTo("pictures [2, 3, 4, 4] → y [2, 3, 4, 4]");
            assertThat(exported(x -> x.flatten(0, 1)).signature()).isEqualTo("pictures [batch, 2, 4, 4] → y [, 4, 4]");
        }
    }

    @Test
    void whatCannotBeExportedIsRefusedInOneLine() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            assertThatThrownBy(() -> exported(x -> x.dropout(0.5, RandomSource.of(1))))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageMatching("onnx: op dropout has no nodes: .*F32 \\[2, 2, 4, 4\\].*\\(leave it out.*\\)");
            assertThatThrownBy(() -> exported(x -> x.slice(0, 1, x.spec().dim(0))))
                    .isInstanceOf(ConfigException.class).hasMessageContaining("op slice: depends on the batch");
            assertThatThrownBy(() -> exported(x -> x.spec().dim(0) == 2 ? x.relu() : x.tanh()))
                    .isInstanceOf(ConfigException.class).hasMessageContaining("not do the same with 2 pictures and");
            assertThatThrownBy(() -> exported(x -> x.lift(Tensor.zeros(x.spec().dim(0), 2, 4, 4)).add(x)))
                    .isInstanceOf(ConfigException.class).hasMessageContaining("not do the same");
            assertThatThrownBy(() -> exported(x -> x.roll(new int[] {1}, 0))).isInstanceOf(ConfigException.class)
                    .hasMessage("onnx: axis 0 of F32 [2, 2, 4, 4] depends on the batch (need a fixed one)");
            assertThatThrownBy(() -> exported(x -> x.apply(new LayerNorm(1e-5),
                    List.of(x, x.lift(Tensor.ones(4)), x.lift(Tensor.ones(4)))).get(1)))
                    .isInstanceOf(ConfigException.class).hasMessageContaining("a second result of an op, is read");
            assertThatThrownBy(() -> OnnxExport.anyBatch(Shape.of(2, 4, 4), (x, _) -> one("pictures", x.relu())))
                    .isInstanceOf(ConfigException.class).hasMessageContaining("output pictures: the name is taken");
        }
    }

    @Test
    void aFileThatFailsLeavesTheOldOne(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("model.onnx"), "old");
        OnnxModel freed;
        try (MemoryScope _ = MemoryScope.open("test")) {
            Network network = encoding(Models.named("vit_nano_patch16_32").make(Parameters.of(1)));
            freed = exported(Shape.of(3, 32, 32), network);
            Parameter one = Parameters.of(1).make("w", Initial.ONES, 1);
            OnnxModel large = OnnxExport.anyBatch(Shape.of(3, 4, 4),
                    (_, pass) -> one("y", pass.of(one).expand(600_000_000)));
            assertThatThrownBy(() -> large.write(file)).isInstanceOf(ConfigException.class)
                    .hasMessageMatching("onnx .*model.onnx: too large: 2400 MB \\(.*\\)");
        }
        assertThatThrownBy(() -> freed.write(file)).isInstanceOf(FreedTensorException.class);
        assertThatThrownBy(() -> exported(x -> x.relu()).write(folder.resolve("none").resolve("model.onnx")))
                .isInstanceOf(DataException.class).hasMessageContaining("model.onnx: cannot be written");
        assertThat(file).hasContent("old");
        assertThat(folder).isDirectoryNotContaining("glob:**.partial");
    }
}
