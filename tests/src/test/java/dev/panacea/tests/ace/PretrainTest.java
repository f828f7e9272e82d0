package dev.panacea.tests.ace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.train.Schedules;
import dev.panacea.ace.train.StepReport;
import dev.panacea.ace.train.Teacher;
import dev.panacea.ace.train.TokenSpread;
import dev.panacea.ace.train.TrainingException;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.memory.MemoryPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Whole steps of pretraining, with nano models on small pictures. */
class PretrainTest {
    @TestFactory
    Stream<DynamicTest> fitsOneBatch(TestReporter reporter) {
        return Stream.of("swin_nano", "vit_nano").map(model -> dynamicTest(model, () -> fits(model, reporter)));
    }

    private static void fits(String model, TestReporter reporter) {
        long fallbacks = Fallbacks.total();
        try (MemoryScope _ = MemoryScope.open("fits")) {
            PretrainConfig config = Runs.config(Recipe.PANACEA, model)
                    .with(Map.of("optimizer.epochs", "14", "optimizer.rate", "0.1"));
            PretrainStep training = new PretrainStep(config, 3);
            Batch batch = Runs.batch(config, 0, Runs.pictures());
            List<StepReport> reports = new ArrayList<>();
            for (int step = 0; step < 40; step++) {
                reports.add(training.run(List.of(batch)));
            }
            reporter.publishEntry(model, reports.getFirst() + " to " + reports.getLast());
            StepReport first = reports.getFirst();
            StepReport last = reports.getLast();
            assertThat(last.composition()).isLessThan(0.5 * first.composition());
            assertThat(last.decomposition()).isLessThan(0.5 * first.decomposition());
            assertThat(last.global() - last.entropy()).as("divergence").isBetween(0.0,
                    0.5 * (first.global() - first.entropy()));
            assertThat(last.composed()).as("chance is 1 in 9").isGreaterThan(0.6);
            assertThat(last.decomposed()).as("chance is 1 in 144").isGreaterThan(0.15);
            assertThat(last.deviation()).isBetween(0.3, 1.0);
            assertThat(last.rank()).isBetween(2.0, 192.0);
            assertThat(Fallbacks.total()).as("calls of reference code").isEqualTo(fallbacks);
        }
    }

    @Test
    void learnsFromOnePictureWhatMatchesInAnother() {
        try (MemoryScope _ = MemoryScope.open("learns")) {
            List<StepReport> reports = Runs.run(new PretrainStep(Runs.config(Recipe.PANACEA, "vit_nano"), 3), 60);
            List<StepReport> last = reports.subList(48, 60);
            assertThat(mean(last, StepReport::composition))
                    .isLessThan(0.8 * mean(reports.subList(0, 3), StepReport::composition));
            assertThat(mean(last, StepReport::decomposition))
                    .isLessThan(0.7 * mean(reports.subList(0, 3), StepReport::decomposition));
            assertThat(mean(last, StepReport::composed)).as("chance is 0.11").isGreaterThan(0.3);
            assertThat(mean(last, StepReport::decomposed)).as("chance is 0.007").isGreaterThan(0.014);
        }
    }

    private static double mean(List<StepReport> reports, ToDoubleFunction<StepReport> number) {
        return reports.stream().mapToDouble(number).average().orElseThrow();
    }

    @TestFactory
    Stream<DynamicTest> everyRecipeIsTheSameOnAnyNumberOfThreads() {
        return Arrays.stream(Recipe.values()).map(recipe -> dynamicTest(recipe.label(), () -> {
            int threads = ParallelRows.threads();
            try {
                ParallelRows.threads(1);
                Map<String, float[]> one = after(recipe, 4);
                for (int more : new int[] {2, 4}) {
                    ParallelRows.threads(more);
                    assertSame(after(recipe, 4), one);
                }
            } finally {
                ParallelRows.threads(threads);
            }
        }));
    }

    private static Map<String, float[]> after(Recipe recipe, int steps) {
        try (MemoryScope _ = MemoryScope.open("after")) {
            PretrainStep training = new PretrainStep(Runs.config(recipe, "vit_nano"), 2);
            for (StepReport report : Runs.run(training, steps)) {
                assertThat(report.loss()).as(recipe.label()).isPositive().isFinite();
            }
            return values(training);
        }
    }

    /** All parameters and buffers of student and teacher. */
    private static Map<String, float[]> values(PretrainStep training) {
        Map<String, float[]> values = new LinkedHashMap<>();
        training.student().parameters().all().forEach(p -> values.put("student." + p.path(), p.value().toFloats()));
        training.teacher().parameters().all().forEach(p -> values.put("teacher." + p.path(), p.value().toFloats()));
        return values;
    }

    private static void assertSame(Map<String, float[]> got, Map<String, float[]> expected) {
        assertThat(got.keySet()).isEqualTo(expected.keySet());
        expected.forEach((path, values) -> assertThat(got.get(path)).as(path).isEqualTo(values));
    }

    @Test
    void goesOnFromACheckpointAsIfItHadNeverStopped(@TempDir Path folder) {
        Path file = folder.resolve("run.safetensors");
        Map<String, float[]> whole;
        try (MemoryScope _ = MemoryScope.open("whole")) {
            PretrainStep training = new PretrainStep(Runs.config(Recipe.PANACEA, "vit_nano"), 3);
            Runs.run(training, 5); // past the first epoch, so that the last layer has moved
            Checkpoint.save(file, training.state(), new Progress(new Position(0, training.steps(), 0, 0),
                    Map.of("config", training.config().json()), List.of(), Double.NaN));
            Runs.run(training, 4);
            whole = values(training);
        }
        try (MemoryScope _ = MemoryScope.open("resumed"); Checkpoint saved = Checkpoint.open(file)) {
            PretrainStep training = new PretrainStep(
                    PretrainConfig.parse(saved.progress().texts().get("config")), 3);
            saved.restore(training.state());
            assertThat(training.steps()).isEqualTo(5);
            assertThat(Runs.run(training, 4).getFirst().step()).isEqualTo(5);
            assertSame(values(training), whole);
        }
    }

    @Test
    void teacherKnowsNoGradient() {
        assertThat(Teacher.class.getMethods()).noneMatch(method -> method.toGenericString().contains("Variable")
                || method.toGenericString().contains("Pass"));
    }

    @Test
    void teacherFollowsBetweenItselfAndTheStudent() {
        try (MemoryScope _ = MemoryScope.open("follows")) {
            PretrainStep training = new PretrainStep(Runs.config(Recipe.PANACEA, "vit_nano"), 3);
            Runs.run(training, 3);
            Map<String, float[]> before = values(training);
            StepReport report = Runs.run(training, 1).getFirst();
            Map<String, float[]> now = values(training);
            assertThat(report.momentum()).isBetween(0.996, 1.0);
            for (Parameter parameter : training.teacher().parameters().trainable()) {
                float[] old = before.get("teacher." + parameter.path());
                float[] student = now.get("student." + parameter.path());
                float[] teacher = now.get("teacher." + parameter.path());
                for (int i = 0; i < old.length; i++) {
                    assertThat((double) teacher[i]).as(parameter.path()).isCloseTo(
                            report.momentum() * old[i] + (1 - report.momentum()) * student[i], within(1e-6));
                }
            }
        }
    }

    @Test
    void stepsLeaveNothingBehind() {
        try (MemoryScope _ = MemoryScope.open("leak")) {
            PretrainStep training = new PretrainStep(Runs.config(Recipe.PANACEA, "vit_nano"), 3);
            Batch batch = Runs.batch(training.config(), 0, Runs.pictures());
            training.run(List.of(batch));
            long blocks = MemoryPool.HOST.liveBlocks();
            for (int step = 0; step < 10; step++) {
                training.run(List.of(batch));
            }
            assertThat(MemoryPool.HOST.liveBlocks()).isLessThanOrEqualTo(blocks);
        }
    }

    @Test
    void weightsHaveTheNamesOfTheReleasedFiles() {
        try (MemoryScope _ = MemoryScope.open("names")) {
            PretrainStep training = new PretrainStep(Runs.config(Recipe.PANACEA, "swin_nano"), 3);
            assertThat(training.teacher().parameters().all()).extracting(Parameter::path).contains(
                    "backbone.layers.0.blocks.0.attn.qkv.weight", "head.mlp.0.weight", "head.mlp.2.weight",
                    "head.mlp.4.bias", "head.last_layer.weight_g", "head.last_layer.weight_v",
                    "DenseHead.layers.0.weight", "DenseHead.layers.7.running_var");
            assertThat(training.student().parameters().all()).extracting(Parameter::path).contains(
                    "downsample.layer.0.weight", "downsample.layer.1.weight", "downsample.layer.3.bias",
                    "upsample.layer.0.weight", "upsample.layer.1.bias", "upsample.layer.3.weight");
            Parameter norm = training.student().parameters().find("backbone.norm.weight").orElseThrow();
            norm.value().flat(0, 7);
            training.teacher().follow(0);
            assertThat(training.teacher().parameters().find("backbone.norm.weight").orElseThrow().value().flat(0))
                    .isEqualTo(7);
        }
    }

    @Test
    void lastLayerIsFrozenInTheFirstEpoch() {
        try (MemoryScope _ = MemoryScope.open("frozen")) {
            PretrainStep training = new PretrainStep(Runs.config(Recipe.PANACEA, "vit_nano"), 3);
            String path = "student.head.last_layer.weight_v";
            float[] start = values(training).get(path);
            Runs.run(training, 3);
            assertThat(values(training).get(path)).isEqualTo(start);
            Runs.run(training, 1);
            assertThat(values(training).get(path)).isNotEqualTo(start);
        }
    }

    @Test
    void accumulatedBatchesAreOneLargeBatch() {
        try (MemoryScope _ = MemoryScope.open("accumulated")) {
            PretrainConfig large = Runs.config(Recipe.PAPER, "vit_nano")
                    .with(Map.of("weights.global", "0", "model.dropPath", "0", "optimizer.clip", "0"));
            PretrainConfig small = large.with(Map.of("optimizer.batch", "2", "optimizer.accumulate", "2"));
            PretrainStep once = new PretrainStep(large, 3);
            PretrainStep twice = new PretrainStep(small, 3);
            List<Tensor> pictures = Runs.pictures();
            for (int step = 0; step < 3; step++) {
                StepReport a = once.run(List.of(Runs.batch(large, step, pictures)));
                StepReport b = twice.run(List.of(Runs.batch(small, 2 * step, pictures),
                        Runs.batch(small, 2 * step + 1, pictures)));
                assertThat(b.loss()).isCloseTo(a.loss(), within(1e-5));
                assertThat(b.gradientNorm()).isCloseTo(a.gradientNorm(), within(1e-3 * a.gradientNorm()));
                assertThat(b.rate()).isEqualTo(a.rate());
            }
        }
    }

    @Test
    void headsThatNoLossNeedsAreNotMade() {
        try (MemoryScope _ = MemoryScope.open("ablations")) {
            Map<String, String> parts = Map.of("weights.global", "head.", "weights.composition", "downsample.",
                    "weights.decomposition", "upsample.");
            parts.forEach((weight, prefix) -> {
                PretrainStep training = new PretrainStep(
                        Runs.config(Recipe.PANACEA, "vit_nano").with(Map.of(weight, "0")), 3);
                assertThat(training.student().parameters().all()).noneMatch(p -> p.path().startsWith(prefix));
                assertThat(Runs.run(training, 2).getLast().loss()).isFinite();
            });
        }
    }

    @Test
    void spreadTellsCollapse() {
        TokenSpread two = TokenSpread.of(Tensor.of(Shape.of(4, 3), 2, 0, 0, -1, 0, 0, 0, 5, 0, 0, -1, 0f));
        assertThat(two.deviation().item()).isCloseTo(1, within(1e-6));
        assertThat(two.rank().item()).isCloseTo(2, within(1e-6));
        TokenSpread one = TokenSpread.of(Tensor.ones(2, 4, 8));
        assertThat(one.deviation().item()).isCloseTo(0, within(1e-6));
        assertThat(one.rank().item()).isCloseTo(0, within(1e-6));
        assertThat(TokenSpread.of(RandomSource.of(1).normal(0, 1, 4000, 16)).rank().item()).isCloseTo(16, within(0.3));
    }

    @Test
    void schedulesBeginAndEndWhereTheyShould() {
        Schedules schedules = Schedules.of(Recipe.PANACEA.config().optimizer(), 100);
        assertThat(schedules.steps()).isEqualTo(10_000);
        assertThat(schedules.frozenSteps()).isEqualTo(100);
        assertThat(schedules.rate().at(0)).isZero();
        assertThat(schedules.rate().at(500)).isCloseTo(5e-4 * 32 / 256 / 2, within(1e-12));
        assertThat(schedules.rate().at(1000)).isCloseTo(5e-4 * 32 / 256, within(1e-12));
        assertThat(schedules.rate().at(9999)).isEqualTo(1e-6);
        assertThat(schedules.decay().at(0)).isCloseTo(0.04, within(1e-12));
        assertThat(schedules.decay().at(9999)).isEqualTo(0.4);
        assertThat(schedules.momentum().at(0)).isCloseTo(0.996, within(1e-12));
        assertThat(schedules.momentum().at(9999)).isEqualTo(1);
    }

    @Test
    void stopsAtALossThatIsNotFinite() {
        try (MemoryScope _ = MemoryScope.open("stops")) {
            PretrainStep training = new PretrainStep(Runs.config(Recipe.PANACEA, "vit_nano"), 3);
            Batch batch = Runs.batch(training.config(), 0, Runs.pictures());
            Map<String, float[]> before = values(training);
            batch.first().flat(48 * 48 + 5, Double.NaN);
            assertThatThrownBy(() -> training.run(List.of(batch))).isInstanceOf(TrainingException.class)
                    .hasMessageContaining("training: loss NaN").hasMessageContaining("at step 0")
                    .hasMessageContaining("picture 0, picture 1")
                    .hasMessageContaining("view of picture 1 is not finite")
                    .hasMessageNotContaining("\n");
            assertThat(training.steps()).isZero();
            assertThat(values(training).get("student.backbone.norm.weight"))
                    .isEqualTo(before.get("student.backbone.norm.weight"));

            PretrainStep large = new PretrainStep(Runs.config(Recipe.PANACEA, "vit_nano"), 3);
            Parameter weight = large.student().parameters().all().stream()
                    .filter(p -> p.path().equals("backbone.blocks.2.mlp.fc1.weight")).findFirst().orElseThrow();
            for (int i = 0; i < weight.size(); i++) {
                weight.value().flat(i, 1e38);
            }
            Batch good = Runs.batch(large.config(), 0, Runs.pictures());
            assertThatThrownBy(() -> large.run(List.of(good))).isInstanceOf(TrainingException.class)
                    .hasMessageMatching("training: loss .* at step 0, pictures .*: \\w+: output of step \\d+ is not "
                            + "finite.*");
        }
    }
}
