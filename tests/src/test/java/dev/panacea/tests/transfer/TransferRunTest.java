package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.train.TrainingException;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.Inference;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.memory.MemoryPool;
import dev.panacea.tensor.op.Blend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole runs of fine-tuning: the same bytes whatever happens, stopped when they should, from few examples, bad ones. */
class TransferRunTest {
    @TempDir
    private Path folder;

    private static byte[] last(Path run) throws IOException {
        return Files.readAllBytes(TransferRun.folder(run, TransferKind.CLASSIFY).files().getFirst());
    }

    @ParameterizedTest
    @CsvSource({"CLASSIFY, vit_nano", "SEGMENT, swin_nano", "KEYPOINTS, vit_nano"})
    void sameBytesOnAnyNumberOfThreads(TransferKind kind, String model) throws IOException {
        TransferConfig config = Tuning.config(kind, model, "optimizer.epochs", "2", "augment.blur.chance", "0.5");
        ExampleSet set = Tuning.set(kind, 5, 2, 0);
        int threads = ParallelRows.threads();
        long fallbacks = Fallbacks.total();
        try {
            for (int number : new int[] {1, 2, 5}) {
                ParallelRows.threads(number);
                try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = TransferRun.open(
                        TransferRun.Start.random(config, set), folder.resolve("" + number), new LoadLimits(number, 0))) {
                    assertThat(Tuning.steps(run, 9)).hasSize(2).allMatch(done -> done.loss() > 0);
                }
            }
        } finally {
            ParallelRows.threads(threads);
        }
        assertThat(last(folder.resolve("2"))).isEqualTo(last(folder.resolve("1")));
        assertThat(last(folder.resolve("5"))).isEqualTo(last(folder.resolve("1")));
        assertThat(Fallbacks.total()).as("calls of reference code").isEqualTo(fallbacks);
    }

    @ParameterizedTest
    @EnumSource(names = {"CLASSIFY", "SEGMENT"})
    void goesOnAsIfItHadNeverStopped(TransferKind kind) throws IOException {
        TransferConfig config = Tuning.config(kind, "vit_nano", "optimizer.epochs", "3", "loss.classWeights", "true");
        ExampleSet set = Tuning.set(kind, 9, 3, 0); // two steps an epoch, each followed by a look
        Path whole = folder.resolve("whole");
        Tuning.run(config, set, whole);
        Path stopped = folder.resolve("stopped");
        int steps = 0;
        for (int more : new int[] {1, 1, 1, 9}) { // between looks, after one, between, to the end
            try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = Tuning.open(config, set, stopped)) {
                assertThat(run.step()).isEqualTo(steps);
                List<TransferRun.Done> done = Tuning.steps(run, more);
                steps += done.size();
                if (Double.isNaN(done.getLast().validation())) {
                    run.save();
                }
            }
        }
        assertThat(steps).isEqualTo(6);
        assertThat(last(stopped)).isEqualTo(last(whole));
        assertThat(logged(stopped, "step")).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0);
        assertThat(logged(stopped, "loss")).isEqualTo(logged(whole, "loss"));
        assertThat(logged(whole, "schedule/rate")).startsWith(0.0, 0.002).endsWith(1e-6)
                .isSortedAccordingTo(Comparator.comparingDouble(rate -> rate == 0 ? -1 : -rate)); // up once, then down
        try (Checkpoint checkpoint = Checkpoint.open(TransferRun.folder(stopped, kind).files().getFirst())) {
            assertThat(checkpoint.progress().position()).isEqualTo(new Position(0, 6, 3, 0));
            assertThat(checkpoint.progress().history()).hasSize(3).allMatch(line -> line.matches("[246] [0-9.E-]+"));
        }
    }

    private static List<Double> logged(Path run, String number) throws IOException {
        List<Double> numbers = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("log.jsonl"))) {
            numbers.add(new ObjectMapper().readTree(line).get(number).doubleValue());
        }
        return numbers;
    }

    @Test
    void positionsCountSamples() {
        TransferConfig config = Tuning.config(TransferKind.CLASSIFY, "vit_nano", "optimizer.batch", "2");
        try (MemoryScope _ = MemoryScope.open("run");
                TransferRun run = Tuning.open(config, Tuning.set(TransferKind.CLASSIFY, 7, 0, 0), folder)) {
            run.next();
            run.next();
            try (Checkpoint checkpoint = Checkpoint.open(run.save())) {
                assertThat(checkpoint.progress().position()).isEqualTo(new Position(0, 2, 0, 4));
            }
        }
    }

    /** A network that learns nothing answers all looks alike: the first stays the best. */
    @Test
    void endsEarlyWhereNothingGetsBetter() {
        TransferConfig config = Tuning.config(TransferKind.CLASSIFY, "vit_nano", "optimizer.rate", "0",
                "optimizer.finalRate", "0", "optimizer.epochs", "12", "optimizer.patience", "2",
                "optimizer.validateEpochs", "2");
        ExampleSet set = Tuning.set(TransferKind.CLASSIFY, 4, 4, 0);
        try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = Tuning.open(config, set, folder)) {
            assertThat(Tuning.steps(run, 99)).hasSize(6);
            assertThat(run.endsEarly()).isTrue();
            assertThat(run.history()).hasSize(3);
        }
        Path resumed = folder.resolve("resumed");
        for (int steps : new int[] {5, 1, 0}) {
            try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = Tuning.open(config, set, resumed)) {
                assertThat(run.isDone()).isEqualTo(steps == 0);
                assertThat(Tuning.steps(run, steps == 5 ? 5 : 99)).hasSize(steps);
                run.save();
            }
        }
        try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = Tuning.open(
                Tuning.config(TransferKind.CLASSIFY, "vit_nano", "optimizer.rate", "0", "optimizer.finalRate", "0",
                        "optimizer.epochs", "4"), set, folder.resolve("patient"))) {
            assertThat(Tuning.steps(run, 99)).as("a patience of 0 never ends").hasSize(4);
            assertThat(run.endsEarly()).isFalse();
        }
    }

    /** With two examples an epoch is a step, and a look at six pictures would take longer than three of them. */
    @Test
    void fewExamplesAreLookedAtRarely() {
        TransferConfig config = Tuning.config(TransferKind.SEGMENT, "vit_nano", "optimizer.epochs", "9",
                "optimizer.batch", "2");
        try (MemoryScope _ = MemoryScope.open("run");
                TransferRun run = Tuning.open(config, Tuning.set(TransferKind.SEGMENT, 2, 6, 0), folder)) {
            assertThat(Tuning.steps(run, 99)).hasSize(9);
            assertThat(run.history()).extracting(line -> line.split(" ")[0]).containsExactly("3", "6", "9");
        }
    }

    @Test
    void theBestComesBack() {
        TransferConfig config = Tuning.config(TransferKind.CLASSIFY, "vit_nano", "optimizer.rate", "0",
                "optimizer.finalRate", "0", "optimizer.epochs", "3", "seed", "3");
        ExampleSet set = Tuning.set(TransferKind.CLASSIFY, 4, 4, 0);
        try (MemoryScope _ = MemoryScope.open("run")) {
            TransferRun.Start start = TransferRun.Start.random(config, set);
            Tensor head = start.network().parameters().find("head.weight").orElseThrow().value();
            Tensor bias = start.network().parameters().find("head.bias").orElseThrow().value();
            float[] before = head.toFloats();
            try (TransferRun run = TransferRun.open(start, folder, Tuning.LIMITS)) {
                double first = run.next().validation();
                assertThat(first).isNotEqualTo(0.5);
                negate(head);
                double second = run.next().validation();
                assertThat(second).as("the opposite").isEqualTo(1 - first);
                negate(head);
                assertThat(run.next().validation()).isEqualTo(first);
                Tensor.into(new Blend(0, 1), List.of(head, Tensor.zeros(head.shape().dims())), List.of(head));
                Inference best = run.best(false);
                assertThat(best.predictions(set.validation(), _ -> {}).score()).isEqualTo(Math.max(first, second));
                float[] restored = head.toFloats();
                for (int i = 0; i < before.length; i++) {
                    assertThat(restored[i]).isEqualTo(first > second ? before[i] : -before[i]);
                }
                assertThat(bias.toFloats()).containsOnly(0);
            }
            float[] answer = FineTuned.load(folder).inference(false, Tuning.LIMITS)
                    .answer(set.validation().read(0).picture());
            assertThat(answer).isEqualTo(new Inference(config, start.task(), start.network(), false, Tuning.LIMITS)
                    .answer(set.validation().read(0).picture()));
        }
    }

    private static void negate(Tensor tensor) {
        Tensor.into(new Blend(0, 1), List.of(tensor, tensor.neg()), List.of(tensor));
    }

    @Test
    void withoutAValidationPartTheLastIsTaken() {
        TransferConfig config = Tuning.config(TransferKind.SEGMENT, "vit_nano", "optimizer.epochs", "3",
                "optimizer.patience", "1");
        ExampleSet set = Tuning.set(TransferKind.SEGMENT, 4, 0, 0);
        try (MemoryScope _ = MemoryScope.open("run")) {
            TransferRun.Start start = TransferRun.Start.random(config, set);
            try (TransferRun run = TransferRun.open(start, folder, Tuning.LIMITS)) {
                assertThat(Tuning.steps(run, 99)).hasSize(3).allMatch(done -> Double.isNaN(done.validation()));
                assertThat(run.history()).isEmpty();
                Tensor last = start.network().parameters().find("decode_head.conv_seg.weight").orElseThrow().value();
                float[] before = last.toFloats();
                run.best(false);
                assertThat(last.toFloats()).isEqualTo(before);
            }
            assertThat(FineTuned.load(folder).file().getFileName().toString()).endsWith("-step-3.safetensors");
        }
    }

    @ParameterizedTest
    @EnumSource
    void learnsFromFewerExamplesThanABatch(TransferKind kind) {
        TransferConfig config = Tuning.config(kind, "vit_nano", "optimizer.batch", "8", "optimizer.epochs", "2");
        for (int shots = 1; shots <= 3; shots++) {
            ExampleSet set = Tuning.set(kind, 8, 4, 0).withShots(shots, 1);
            assertThat(set.train().size()).isEqualTo(shots);
            try (MemoryScope _ = MemoryScope.open("run");
                    TransferRun run = Tuning.open(config, set, folder.resolve("" + shots))) {
                List<TransferRun.Done> done = Tuning.steps(run, 99);
                assertThat(done).hasSize(2).allMatch(one -> Double.isFinite(one.loss()));
                assertThat(done.getLast().validation()).isFinite();
            }
        }
    }

    @Test
    void badPicturesAreNamedAndReplaced() {
        TransferConfig config = Tuning.config(TransferKind.CLASSIFY, "vit_nano", "optimizer.epochs", "2");
        ExampleSet set = Tuning.set(LabelSet.Kind.ANY, new Tuning.Discs(10, Set.of(1)), 8, 0);
        try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = TransferRun.open(
                TransferRun.Start.random(config, set), folder.resolve("a"), new LoadLimits(2, 0.2))) {
            assertThat(Tuning.steps(run, 99)).hasSize(4);
            assertThat(run.bad()).containsExactly("discs 1: broken (draw it again)");
        }
        try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = TransferRun.open(
                TransferRun.Start.random(config, set), folder.resolve("b"), new LoadLimits(2, 0.1))) {
            assertThatThrownBy(() -> Tuning.steps(run, 99)).isInstanceOf(TrainingException.class)
                    .hasMessage("data: 1 of 8 pictures cannot be read, more than 10.0 %: the first discs 1: broken "
                            + "(draw it again) (see panacea data check, or allow more with --bad)");
        }
    }

    @Test
    void aClassThatIsNotKnownIsBad() {
        TransferConfig config = Tuning.config(TransferKind.CLASSIFY, "vit_nano", "optimizer.epochs", "1");
        ExampleSet set = Tuning.set(LabelSet.Kind.ONE, new Tuning.Discs(8, Set.of()), 8, 0);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            float[] targets = set.train().targets(i);
            int sum = (int) (targets[0] + (Float.isNaN(targets[1]) ? 0 : targets[1]));
            if (sum != 1) {
                expected.add("discs " + i + ": " + sum + " of the labels are true (need one of them)");
            }
        }
        assertThat(expected).isNotEmpty();
        try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = TransferRun.open(
                TransferRun.Start.random(config, set), folder, new LoadLimits(2, 1))) {
            assertThat(Tuning.steps(run, 99)).hasSize(2);
            assertThat(run.bad()).isNotEmpty().isSubsetOf(expected);
        }
    }

    @Test
    void stopsAtALossThatIsNotFinite() {
        TransferConfig config = Tuning.config(TransferKind.CLASSIFY, "vit_nano", "optimizer.rate", "1e30",
                "optimizer.warmUpEpochs", "0", "optimizer.batch", "2");
        try (MemoryScope _ = MemoryScope.open("run");
                TransferRun run = Tuning.open(config, Tuning.set(TransferKind.CLASSIFY, 4, 0, 0), folder)) {
            assertThatThrownBy(() -> Tuning.steps(run, 4)).isInstanceOf(TrainingException.class)
                    .hasMessageMatching("training: loss \\S+, gradient norm \\S+ at step [123], pictures discs \\d, "
                            + "discs \\d \\(lower optimizer.rate or look at the pictures\\)");
        }
    }

    @Test
    void refusals() {
        TransferConfig segment = Tuning.config(TransferKind.SEGMENT, "vit_nano");
        ExampleSet none = Tuning.set(TransferKind.SEGMENT, 0, 2, 0);
        try (MemoryScope _ = MemoryScope.open("run")) {
            assertThatThrownBy(() -> Tuning.open(segment, none, folder)).isInstanceOf(DataException.class)
                    .hasMessageStartingWith("data set discs: nothing to train on (");
            ExampleSet broken = Tuning.set(LabelSet.Kind.MARKS, new Tuning.Discs(6, Set.of(5)), 4, 2);
            try (TransferRun run = Tuning.open(segment, broken, folder)) {
                assertThatThrownBy(run::next).isInstanceOf(DataException.class)
                        .hasMessage("discs 5: broken (draw it again)");
            }
        }
    }

    @Test
    void stepsAndLooksLeaveNothingBehind() {
        TransferConfig config = Tuning.config(TransferKind.SEGMENT, "vit_nano", "optimizer.epochs", "33",
                "optimizer.validateEpochs", "11", "optimizer.batch", "2");
        try (MemoryScope _ = MemoryScope.open("run");
                TransferRun run = Tuning.open(config, Tuning.set(TransferKind.SEGMENT, 2, 2, 0), folder)) {
            Tuning.steps(run, 12);
            long blocks = MemoryPool.HOST.liveBlocks(); // with what the loader has in hand
            Tuning.steps(run, 99);
            assertThat(run.history()).hasSize(3);
            assertThat(MemoryPool.HOST.liveBlocks()).isLessThanOrEqualTo(blocks);
        }
    }
}
