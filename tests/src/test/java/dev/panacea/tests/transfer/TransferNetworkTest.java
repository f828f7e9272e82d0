package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.transfer.Inference;
import dev.panacea.ace.transfer.LabelHeat;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferNetwork;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.PyramidClassifier;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which parameters learn, by how much, and that a network which answers stays as it is. */
class TransferNetworkTest {
    private static final String EACH = """
            CLASSIFY, swin_nano, EMBEDDING
            CLASSIFY, vit_nano, EMBEDDING
            CLASSIFY, swin_nano, PYRAMID
            CLASSIFY, vit_nano, PYRAMID
            SEGMENT, swin_nano, EMBEDDING
            KEYPOINTS, vit_nano, EMBEDDING
            """;

    @TempDir
    private Path folder;

    private static Map<String, float[]> values(TransferNetwork network) {
        Map<String, float[]> values = new LinkedHashMap<>();
        network.parameters().all().forEach(parameter -> values.put(parameter.path(), parameter.value().toFloats()));
        return values;
    }

    /** How far parameters went in two steps, by their paths: the root of the mean square. */
    private Map<String, Double> moved(TransferConfig config, ExampleSet set, String name) {
        try (MemoryScope _ = MemoryScope.open("run")) {
            TransferRun.Start start = TransferRun.Start.random(config, set);
            Map<String, float[]> before = values(start.network());
            try (TransferRun run = TransferRun.open(start, folder.resolve(name), Tuning.LIMITS)) {
                assertThat(Tuning.steps(run, 9)).hasSize(2);
            }
            Map<String, Double> moved = new LinkedHashMap<>();
            values(start.network()).forEach((path, after) -> {
                float[] from = before.get(path);
                moved.put(path, Math.sqrt(IntStream.range(0, after.length)
                        .mapToDouble(i -> Math.pow(after[i] - from[i], 2)).average().orElseThrow()));
            });
            return moved;
        }
    }

    private static TransferConfig config(TransferKind kind, String model, String... more) {
        String[] changes = Arrays.copyOf(more, more.length + 4);
        changes[more.length] = "optimizer.epochs";
        changes[more.length + 1] = "2";
        changes[more.length + 2] = "optimizer.batch";
        changes[more.length + 3] = "2";
        return Tuning.config(kind, model, changes);
    }

    @ParameterizedTest
    @CsvSource(textBlock = EACH)
    void everythingLearnsOrTheHeadAlone(TransferKind kind, String model, String pool) {
        ExampleSet set = Tuning.set(kind, 2, 0, 0);
        boolean maps = kind != TransferKind.CLASSIFY || pool.equals("PYRAMID");
        moved(config(kind, model, "optimizer.decay", "0", "model.pool", pool), set, "all").forEach((path, way) -> {
            boolean unused = maps && path.startsWith("backbone.norm.") && model.startsWith("vit");
            assertThat(way).as(path).satisfies(far -> assertThat(far > 0).isEqualTo(!unused));
        });
        TransferConfig frozen = config(kind, model, "optimizer.frozen", "true", "model.recompute", "true", "model.pool",
                pool);
        moved(frozen, set, "head").forEach((path, way) -> assertThat(way).as(path).satisfies(far ->
                        assertThat(far > 0).isEqualTo(!path.startsWith("backbone."))));
    }

    @Test
    void earlyBlocksMoveLessWhereRatesDecay() {
        TransferConfig config = config(TransferKind.CLASSIFY, "vit_nano", "optimizer.layerDecay", "0.5",
                "optimizer.decay", "0", "model.dropPath", "0");
        Map<String, Double> moved = moved(config, Tuning.set(TransferKind.CLASSIFY, 2, 0, 0), "decay");
        double head = moved.get("head.weight");
        for (int block = 0; block < 6; block++) {
            double way = moved.get("backbone.blocks." + block + ".mlp.fc1.weight");
            assertThat(way / head).as("block %d", block).isBetween(0.7 * Math.pow(0.5, 6 - block),
                    1.4 * Math.pow(0.5, 6 - block));
        }
        assertThat(moved.get("backbone.patch_embed.proj.weight") / head).isBetween(0.7 / 128, 1.4 / 128);
    }

    @ParameterizedTest
    @CsvSource({"CLASSIFY, vit_nano", "SEGMENT, swin_nano"})
    void blocksMayBeComputedAgain(TransferKind kind, String model) {
        ExampleSet set = Tuning.set(kind, 2, 0, 0);
        List<TransferRun.Done> kept = Tuning.run(config(kind, model), set, folder.resolve("kept"));
        assertThat(Tuning.run(config(kind, model, "model.recompute", "true"), set, folder.resolve("again")))
                .isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource({"CLASSIFY, vit_nano, EMBEDDING", "CLASSIFY, swin_nano, PYRAMID", "SEGMENT, swin_nano, EMBEDDING"})
    void answersDependOnNothingButThePicture(TransferKind kind, String model, String pool) {
        ExampleSet set = Tuning.set(kind, 2, 0, 4);
        TransferConfig trained = config(kind, model, "model.dropPath", "0.9", "model.pool", pool);
        try (MemoryScope _ = MemoryScope.open("run")) {
            TransferRun.Start start = TransferRun.Start.random(trained, set);
            try (TransferRun run = TransferRun.open(start, folder, Tuning.LIMITS)) {
                Tuning.steps(run, 9);
            }
            Map<String, float[]> before = values(start.network());
            float[][] alone = answers(start, "1");
            float[][] together = answers(start, "3");
            for (int i = 0; i < alone.length; i++) {
                assertThat(together[i]).containsExactly(alone[i], within(1e-5f));
            }
            assertThat(values(start.network())).usingRecursiveComparison().isEqualTo(before);
            assertThat(start.network().parameters().all().stream().filter(p -> !p.isTrainable()).map(Parameter::path))
                    .as("buffers").hasSize(3 * norms(start.network()));
        }
    }

    /** What speaks for a label where a network reads maps: of each patch, what is positive of its evidence. */
    @Test
    void heatOfAPyramidIsItsEvidence() {
        TransferConfig config = config(TransferKind.CLASSIFY, "swin_nano", "model.pool", "PYRAMID");
        try (MemoryScope _ = MemoryScope.open("heat")) {
            TransferRun.Start start = TransferRun.Start.random(config, Tuning.set(TransferKind.CLASSIFY, 2, 0, 0));
            LabelHeat heat = new LabelHeat(config, start.network());
            int side = config.view().pixels();
            float[] view = RandomSource.of(1).normal(0, 1, 1, side, side).toFloats();
            PyramidClassifier head = (PyramidClassifier) start.network().head();
            float[] evidence = head.evidence(Tensor.of(Shape.of(1, 1, side, side), view), Pass.EVALUATION).select(1, 1)
                    .toFloats();
            float[] values = heat.of(view, 1).values();
            assertThat(heat.of(view, 1).width()).isEqualTo(side / config.model().patch());
            assertThat(values).hasSameSizeAs(evidence);
            boolean some = false;
            for (int i = 0; i < values.length; i++) {
                assertThat(values[i]).isEqualTo(Math.max(0, evidence[i]));
                some |= values[i] > 0;
            }
            assertThat(some).isTrue();
            assertThat(heat.method()).isEqualTo("evidence");
        }
    }

    private static int norms(TransferNetwork network) {
        return (int) network.parameters().all().stream().filter(p -> p.path().endsWith("running_mean")).count();
    }

    private static float[][] answers(TransferRun.Start start, String batch) {
        Inference inference = new Inference(start.config().with(Map.of("optimizer.batch", batch)), start.task(),
                start.network(), false, Tuning.LIMITS);
        return inference.answers(IntStream.range(0, 4).mapToObj(i -> inference.views(start.set().test().read(i)
                .picture())).toList()).toArray(float[][]::new);
    }
}
