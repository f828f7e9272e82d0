package dev.panacea.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.example.DrawnTask;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.Models;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tests.house.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code panacea export}: what its files compute is what the networks answer. */
class ExportCommandTest {
    private static final int SIDE = 64;
    private static final LoadLimits ALONE = new LoadLimits(1, 0);
    private static final double TOLERANCE = 1e-5; // of the largest

    @TempDir
    private Path folder;

    private Outcome export(String given, String out, String... more) {
        String[] all = new String[more.length + 4];
        all[0] = "export";
        all[1] = given;
        all[2] = "--out";
        all[3] = folder.resolve(out).toString();
        System.arraycopy(more, 0, all, 4, more.length);
        return Outcome.of(all);
    }

    private Map<String, Tensor> run(String out, Tensor pictures) {
        try (OrtRun run = OrtRun.of(folder.resolve(out))) {
            return run.run(pictures);
        }
    }

    private Map<String, String> facts(String out) throws OrtException {
        try (OrtRun run = OrtRun.of(folder.resolve(out))) {
            return run.session().getMetadata().getCustomMetadata();
        }
    }

    private static void assertClose(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.sub(expected).abs().max(false).item()).as("error")
                .isLessThan(TOLERANCE * expected.abs().max(false).item());
    }

    @Test
    void backbonesGiveTokensAndOneEmbedding() throws OrtException {
        Outcome outcome = export("random", "b.onnx", "--model", "vit_nano_patch16_64", "--seed", "3", "--normalise",
                "imagenet");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).startsWith(folder.resolve("b.onnx") + ": pictures [batch, 3, 64, 64] → tokens [batch,"
                + " 4, 4, 96], pooled [batch, 96]; 3.0 MB");
        assertThat(facts("b.onnx")).isEqualTo(Map.of("model", "vit_nano_patch16_64", "pixels", "64", "input",
                "normalised", "mean", "0.485,0.456,0.406", "std", "0.229,0.224,0.225", "weights", "random, seed 3"));
        export("random", "grey.onnx", "--model", "vit_nano_patch16_64", "--seed", "3", "--normalise", "imagenet",
                "--grey", "--batch", "2");
        try (MemoryScope _ = MemoryScope.open("test")) {
            Backbone backbone = Models.named("vit_nano_patch16_64").make(Parameters.of(3));
            Tensor grey = RandomSource.of(1).uniform(0, 1, 2, 1, SIDE, SIDE);
            Tensor pictures = grey.expand(2, 3, SIDE, SIDE)
                    .sub(Tensor.of(Shape.of(3, 1, 1), 0.485f, 0.456f, 0.406f))
                    .div(Tensor.of(Shape.of(3, 1, 1), 0.229f, 0.224f, 0.225f));
            Backbone.Encoding<Tensor> expected = backbone.encode(pictures, Pass.EVALUATION);
            assertClose(run("b.onnx", pictures).get("tokens"), expected.tokens());
            assertClose(run("b.onnx", pictures).get("pooled"), expected.pooled());
            assertClose(run("grey.onnx", grey).get("pooled"), expected.pooled());
        }
    }

    private TransferConfig begin(TransferKind kind, String model, String pool, ExampleSet set, Path run)
            throws IOException {
        TransferConfig config = TransferConfig.usual(kind, model).with(Map.of("view.pixels", "" + SIDE,
                "model.headChannels", "16", "model.pool", pool));
        Files.createDirectory(run);
        try (TransferRun begun = TransferRun.open(TransferRun.Start.random(config, set), run, ALONE)) {
            begun.save();
        }
        return config;
    }

    /** From grey values to answers, as they are given here about the same picture. */
    @ParameterizedTest
    @CsvSource({"CLASSIFY, FINDINGS, ANY, vit_nano, EMBEDDING", "CLASSIFY, FINDINGS, ONE, swin_nano, EMBEDDING",
        "CLASSIFY, FINDINGS, ANY, swin_nano, PYRAMID", "CLASSIFY, FINDINGS, ONE, vit_nano, PYRAMID",
        "SEGMENT, ORGANS, MARKS, swin_nano, EMBEDDING", "KEYPOINTS, LANDMARKS, MARKS, vit_nano, EMBEDDING"})
    void fineTunedNetworksAnswerTheSame(TransferKind kind, DrawnTask task, LabelSet.Kind labels, String model,
            String pool) throws IOException, OrtException {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Path run = folder.resolve("run");
            ExampleSet drawn = ExampleSet.drawn(task, 2, 0, 1, SIDE, 5);
            TransferConfig config = begin(kind, model, pool, new ExampleSet(drawn.name(), labels, drawn.labels(),
                    drawn.train(), drawn.validation(), drawn.test()), run);
            Outcome outcome = export(run.toString(), "f.onnx", "--grey");
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.out()).contains("pictures [batch, 1, 64, 64] → ");
            Picture picture = drawn.test().read(0).picture();
            Map<String, Tensor> results = run("f.onnx", Tensor.of(Shape.of(1, 1, SIDE, SIDE), picture.values()));
            FineTuned tuned = FineTuned.load(run);
            if (kind == TransferKind.KEYPOINTS) {
                Tensor pictures = config.augment().normalise(Tensor.of(Shape.of(SIDE, SIDE), picture.values()));
                assertThat(results).containsOnlyKeys("heatmaps");
                assertClose(results.get("heatmaps"), tuned.network().forward(pictures.unsqueeze(0), Pass.EVALUATION));
            } else {
                float[] answer = tuned.inference(false, ALONE).answer(picture);
                assertThat(results).containsOnlyKeys("logits", "probabilities");
                assertClose(results.get("probabilities").reshape(-1), Tensor.of(Shape.of(answer.length), answer));
                assertThat(results.get("logits").shape()).isEqualTo(results.get("probabilities").shape());
            }
            assertThat(facts("f.onnx")).containsEntry("labels", String.join(",", drawn.labels()))
                    .containsEntry("task", kind.label()).containsEntry("input", "grey 0..1")
                    .containsEntry("model", model).containsEntry("mean", "0.5056,0.5056,0.5056");
            assertThat(export(run.toString(), "b.onnx", "--backbone").out()).contains("tokens [batch, ");
            assertThat(export(run.toString(), "b.onnx", "--image", "32").err()).isEqualTo("panacea export: --image: "
                    + run + " tells itself (leave it out)\n");
        }
    }

    /** The example of docs/onnx.md is the code below. */
    @Test
    void theExampleOfTheGuideRuns() throws IOException, OrtException {
        ExampleSet set = ExampleSet.drawn(DrawnTask.FINDINGS, 2, 0, 1, SIDE, 5);
        Path run = folder.resolve("run");
        try (MemoryScope _ = MemoryScope.open("test")) {
            begin(TransferKind.CLASSIFY, "vit_nano", "EMBEDDING", set, run);
        }
        export(run.toString(), "findings.onnx", "--grey");
        String file = folder.resolve("findings.onnx").toString();
        float[] grey = set.test().read(0).picture().values();
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true));
        try {
            // the example
            OrtEnvironment runtime = OrtEnvironment.getEnvironment();
            try (OrtSession session = runtime.createSession(file)) {
                Map<String, String> facts = session.getMetadata().getCustomMetadata();
                long side = Long.parseLong(facts.get("pixels"));
                long[] shape = {1, 1, side, side};
                try (OnnxTensor pictures = OnnxTensor.createTensor(runtime, FloatBuffer.wrap(grey), shape);
                        OrtSession.Result results = session.run(Map.of("pictures", pictures))) {
                    float[][] probabilities = (float[][]) results.get("probabilities").orElseThrow().getValue();
                    String[] labels = facts.get("labels").split(",");
                    for (int label = 0; label < labels.length; label++) {
                        System.out.printf("%s %.3f%n", labels[label], probabilities[0][label]);
                    }
                }
            }
            // so far
        } finally {
            System.setOut(before);
        }
        assertThat(printed.toString().lines()).hasSize(set.labels().size())
                .allMatch(line -> line.matches(".+ 0\\.\\d+"));
        List<String> guide = Files.readAllLines(Path.of("..", "docs", "onnx.md"));
        String example = Files.readAllLines(Path.of("src", "test", "java", "dev", "panacea", "tests", "onnx",
                "ExportCommandTest.java")).stream().dropWhile(line -> !line.endsWith("// the example")).skip(1)
                .takeWhile(line -> !line.endsWith("// so far")).map(line -> line.substring(12))
                .collect(Collectors.joining("\n"));
        assertThat(String.join("\n", guide)).contains("```java\n" + example + "\n```");
    }

    @Test
    void wrongCallsAreOneLine() {
        assertThat(export("random", "a.png", "--model", "swin_nano").err()).matches(
                "panacea export: --out: .*a.png \\(need a name that ends in .onnx\\)\n");
        assertThat(export("random", "a.onnx").err()).isEqualTo("panacea export: export random: it does not say which"
                + " model it is (name it: --model NAME)\n");
        assertThat(export("random", "a.onnx", "--model", "swin_nano", "--batch", "-1").code()).isEqualTo(2);
        assertThat(export("random", "a.onnx", "--model", "vit_nano", "--colours", "5").err()).isEqualTo("panacea export:"
                + " export: pictures of 5 channels (need 3 at most: --colours)\n");
        assertThat(export(folder.resolve("none").toString(), "a.onnx").code()).isEqualTo(1);
        assertThat(Files.exists(folder.resolve("a.onnx"))).isFalse();
        assertThat(Outcome.of("--help").out()).contains("export");
    }
}
