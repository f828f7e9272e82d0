package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.ace.example.DrawnTask;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.tensor.MemoryScope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of network learns two drawn X-rays by heart. */
class OverfitTest {
    @TempDir
    private Path folder;

    /** What came of a run. */
    private record Learned(double loss, SequencedMap<String, Double> numbers) {}

    private Learned learn(TransferConfig config, ExampleSet set, TestReporter reporter) {
        try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = Tuning.open(config, set, folder)) {
            List<TransferRun.Done> done = Tuning.steps(run, Long.MAX_VALUE);
            Learned learned = new Learned(done.getLast().loss(), run.best(false).predictions(set.train(), _ -> {})
                    .measure().apply(new int[] {0, 1}));
            reporter.publishEntry(config.kind().label(), "loss " + done.getFirst().loss() + " to " + learned);
            return learned;
        }
    }

    /** Pictures as they are, so that the two views are the same in each step. */
    private static TransferConfig config(TransferKind kind, String model, int steps, String rate) {
        return Tuning.config(kind, model, "view.pixels", "64", "model.patch", model.startsWith("swin") ? "4" : "8",
                "model.headChannels", "16", "optimizer.batch", "2", "view.leastScale", "1", "view.aspect", "1",
                "view.flip", "0", "view.degrees", "0", "optimizer.epochs", Integer.toString(steps),
                "optimizer.warmUpEpochs", "3", "optimizer.rate", rate, "model.dropPath", "0",
                "optimizer.validateEpochs", "1000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EMBEDDING", "PYRAMID"})
    void classes(String pool, TestReporter reporter) {
        ExampleSet set = ExampleSet.drawn(DrawnTask.FINDINGS, 2, 0, 0, 64, 8);
        assertThat(set.train().targets(0)).isNotEqualTo(set.train().targets(1));
        TransferConfig config = config(TransferKind.CLASSIFY, "swin_nano", 25, "0.004").with(Map.of("model.pool", pool));
        assertThat(learn(config, set, reporter).loss).isLessThan(0.1);
    }

    @Test
    void masks(TestReporter reporter) {
        ExampleSet set = ExampleSet.drawn(DrawnTask.ORGANS, 2, 0, 0, 64, 8).withLabels(List.of("heart"));
        assertThat(learn(config(TransferKind.SEGMENT, "swin_nano", 60, "0.006"), set, reporter).numbers
                .get("mean Dice")).isGreaterThan(0.9);
    }

    @Test
    void points(TestReporter reporter) {
        ExampleSet set = ExampleSet.drawn(DrawnTask.LANDMARKS, 2, 0, 0, 64, 8);
        assertThat(learn(config(TransferKind.KEYPOINTS, "vit_nano", 35, "0.004"), set, reporter).numbers
                .get("mean error")).isLessThan(3);
    }
}
