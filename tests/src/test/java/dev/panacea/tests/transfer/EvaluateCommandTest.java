package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.example.DrawnTask;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.label.Frame;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.label.Labelled;
import dev.panacea.ace.label.Mark;
import dev.panacea.ace.label.Split;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code panacea evaluate}: the same numbers as at the end of a run, and those of other pictures. */
class EvaluateCommandTest {
    private static final int DRAWN = 12; // the last part of the run's pictures

    @TempDir
    private static Path runs;

    private static Path run;

    @TempDir
    private Path folder;

    @BeforeAll
    static void tune() {
        run = runs.resolve("classify");
        Outcome outcome = Outcome.of("finetune", "classify", "--drawn", "8,2," + DRAWN, "--drawn-pixels", "64",
                "--view", "64", "--model", "vit_nano", "--epochs", "1", "--ten-crop", "--no-report", "--out",
                run.toString());
        assertThat(outcome.code()).as(outcome.err()).isZero();
    }

    private static Outcome evaluate(Path run, String... more) {
        List<String> args = new ArrayList<>(List.of("evaluate", run.toString(), "--cache", "off"));
        args.addAll(List.of(more));
        return Outcome.of(args.toArray(String[]::new));
    }

    /** What a run said of its test part, to the byte, from its folder and from its checkpoint. */
    @Test
    void sameAsTheRunItself() throws IOException {
        Path out = folder.resolve("out");
        Outcome outcome = evaluate(run, "--ten-crop", "--out", out.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).startsWith("12 pictures of the test part of drawn X-rays, with 95 % intervals:\n")
                .contains("  mean AUC  ", "  ten-crop mean AUC  ");
        assertThat(out.resolve("predictions.csv")).hasSameBinaryContentAs(run.resolve("predictions.csv"));
        assertThat(TransferResult.read(out.resolve("result.json")))
                .isEqualTo(TransferResult.read(run.resolve("result.json")));
        try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
            Path file = files.filter(path -> path.toString().endsWith(".safetensors")).findFirst().orElseThrow();
            assertThat(evaluate(file).out()).contains("12 pictures of the test part");
        }
        assertThat(evaluate(run, "--split", "validation").out()).startsWith("2 pictures of the validation part");
        assertThat(evaluate(run, "--split", "all").out()).startsWith("22 pictures of all parts");
    }

    private Path hospital(String header, String... rows) throws IOException {
        Path data = Files.createDirectories(folder.resolve("hospital"));
        for (int number = 0; number < rows.length; number++) {
            TunedRun.film(data.resolve("film" + number + ".png"), 80 + 10 * number, 70, number);
        }
        StringBuilder text = new StringBuilder(header).append('\n');
        for (int number = 0; number < rows.length; number++) {
            text.append("film").append(number).append(".png,").append(rows[number]).append('\n');
        }
        Files.writeString(data.resolve("labels.csv"), text);
        return data;
    }

    /** Columns in another order, and one that the network does not know. */
    @Test
    void otherPictures() throws IOException {
        Path data = hospital("image,split,Consolidation,Nodule,Scoliosis,Effusion,Cardiomegaly,Pneumothorax",
                "test,1,0,1,0,,0", "test,0,1,0,0,1,0", "val,1,1,1,0,0,1");
        Path out = folder.resolve("out");
        Outcome outcome = evaluate(run, "--data", data.toString(), "--task", "csv", "--split", "all", "--out",
                out.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        List<List<String>> rows = CsvRows.read(out.resolve("predictions.csv")).stream().map(CsvRows.Row::fields)
                .toList();
        assertThat(rows.getFirst().subList(1, 6)).isEqualTo(DrawnTask.FINDINGS.labels());
        assertThat(rows.stream().skip(1).map(row -> Path.of(row.getFirst()).getFileName().toString()))
                .containsExactly("film2.png", "film0.png", "film1.png"); // validation, test
        assertThat(rows.get(2).subList(6, 11)).containsExactly("0", "0", "0", "", "1");
        try (MemoryScope _ = MemoryScope.open("test")) {
            float[] answer = FineTuned.load(run).inference(false, LoadLimits.usual())
                    .answer(new ImageDecoder().decode(data.resolve("film0.png")));
            for (int label = 0; label < answer.length; label++) {
                assertThat(Float.parseFloat(rows.get(2).get(1 + label))).isEqualTo(answer[label]);
            }
        }
        TransferResult result = TransferResult.read(out.resolve("result.json"));
        assertThat(result.task()).isEqualTo("csv");
        assertThat(result.split()).isEqualTo("all");
        assertThat(result.cases()).isEqualTo(3);
        assertThat(result.trainExamples()).isEqualTo(8);
    }

    @Test
    void whereAClassifierLooks() throws IOException {
        Path out = folder.resolve("out");
        Outcome outcome = evaluate(run, "--boxes", "--out", out.toString());
        assertThat(outcome.err()).isEmpty();
        TransferResult result = TransferResult.read(out.resolve("result.json"));
        assertThat(result.numbers()).containsKeys("mean AUC", "mean pointing game", "mean IoU", "IoU Nodule");
        assertThat(result.numbers().get("mean IoU").value()).isBetween(0.0, 1.0);
        Examples test = ExampleSet.drawn(DrawnTask.FINDINGS, 8, 2, DRAWN, 64, 0).test();
        int boxed = 0;
        for (int number = 0; number < DRAWN; number++) {
            for (int label = 0; label < 5; label++) {
                boxed += test.boxes(number, label).isEmpty() ? 0 : 1;
                assertThat(test.boxes(number, label)).hasSize((int) test.targets(number)[label]);
            }
        }
        try (Stream<Path> drawn = Files.walk(out.resolve("boxes"))) {
            List<Path> pictures = drawn.filter(Files::isRegularFile).toList();
            assertThat(pictures).hasSize(Math.min(16, boxed));
            assertThat(ImageIO.read(pictures.getFirst().toFile()).getWidth()).isEqualTo(512);
        }
    }

    @Test
    void boxesAreSharesOfThePicture() {
        Labelled picture = new Labelled(Path.of("a.png"), "a", Split.TEST, new float[] {1, 1, 0}, List.of(
                new Mark.Rectangle(0, new Box(200, 150, 400, 300)), new Mark.Rectangle(1, new Box(0, 0, 8, 6))));
        ExampleSet set = ExampleSet.files(new LabelSet("set", LabelSet.Kind.ANY, List.of("Mass", "Nodule", "Other"),
                Optional.of(new Frame(800, 600)), List.of(picture), List.of()), PictureSource::files);
        assertThat(set.test().boxes(0, 0)).containsExactly(new Box(0.25, 0.25, 0.5, 0.5));
        assertThat(set.test().boxes(0, 2)).isEmpty();
        assertThat(set.withLabels(List.of("Nodule")).all().boxes(0, 0)).containsExactly(new Box(0, 0, 0.01, 0.01));
    }

    /** Masks and points are measured too. */
    @Test
    void otherKinds() throws IOException {
        for (TransferKind kind : List.of(TransferKind.SEGMENT, TransferKind.KEYPOINTS)) {
            Path other = runs.resolve(kind.label());
            assertThat(Outcome.of("finetune", kind.label(), "--drawn", "2,0,2", "--drawn-pixels", "64", "--view", "64",
                    "--set", "model.headChannels=8", "--epochs", "1", "--no-report", "--out", other.toString()).code())
                    .isZero();
            Path out = folder.resolve(kind.label());
            Outcome outcome = evaluate(other, "--out", out.toString());
            assertThat(outcome.code()).as(outcome.err()).isZero();
            assertThat(TransferResult.read(out.resolve("result.json")))
                    .isEqualTo(TransferResult.read(other.resolve("result.json")));
            assertThat(out.resolve("predictions.csv")).hasSameBinaryContentAs(other.resolve("predictions.csv"));
            assertThat(evaluate(other, "--boxes").err()).isEqualTo("panacea evaluate: --boxes: " + other
                    + " was trained to " + kind.label() + " (it is for classify: leave it out)\n");
        }
    }

    @Test
    void mistakesAreOneLine() throws IOException {
        Path data = hospital("image,split,Nodule,Effusion", "test,1,0");
        assertThat(evaluate(run, "--data", data.toString(), "--task", "csv").err()).isEqualTo("panacea evaluate:"
                + " evaluate: csv in " + data + ": no label \"Pneumothorax\", which the network tells (there are: Nodule,"
                + " Effusion)\n");
        hospital("image,split,label", "test,Nodule");
        assertThat(evaluate(run, "--data", data.toString(), "--task", "csv").err())
                .contains("one of the labels is true of each picture, and the network tells any of [Nodule")
                .hasLineCount(1);
        hospital("image,split,Nodule,Effusion,Pneumothorax,Cardiomegaly,Consolidation", "val,1,0,0,0,0");
        assertThat(evaluate(run, "--data", data.toString(), "--task", "csv").err())
                .isEqualTo("panacea evaluate: evaluate: csv: no pictures in the test part (name another --split, such as"
                        + " all)\n");
        assertThat(evaluate(run, "--split", "validation", "--boxes", "--data", data.toString(), "--task", "csv").err())
                .startsWith("panacea evaluate: --boxes: none of the 1 pictures has a box").hasLineCount(1);
        Path lone = Files.createDirectories(folder.resolve("lone/deep")).resolve("net.safetensors");
        try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
            Files.copy(files.filter(path -> path.toString().endsWith(".safetensors")).findFirst().orElseThrow(), lone);
        }
        assertThat(evaluate(lone).err()).isEqualTo("panacea evaluate: evaluate: " + lone + " lies in no folder of a run,"
                + " which would say on what pictures (name others: --data DIR --task NAME)\n");
        assertThat(evaluate(folder.resolve("nowhere")).err()).hasLineCount(1);
        Path full = Files.createDirectories(folder.resolve("full"));
        Files.writeString(full.resolve("mine.txt"), "mine");
        assertThat(evaluate(run, "--out", full.toString()).err()).contains("is not empty").hasLineCount(1);
    }
}
