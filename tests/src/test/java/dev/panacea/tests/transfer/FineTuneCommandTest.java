package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code panacea finetune} on drawn X-rays: what it leaves in its folder, and that it leaves the same again. */
class FineTuneCommandTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"classify, mean AUC, 'image,Nodule,Effusion,'", "segment, mean Dice, 'image,Dice heart,IoU heart,'",
        "keypoints, mean error, 'image,x_clavicle right,y_clavicle right,'"})
    void everyKindEndsWithItsNumbersAndTwiceWithTheSame(String kind, String primary, String head) throws IOException {
        SmallRun first = SmallRun.drawn(kind, folder.resolve("first"), "--epochs", "2");
        assertThat(first.steps()).containsExactly(0L, 1L);
        assertThat(first.json("run.json").get("transfer").get("view").get("pixels").asInt()).isEqualTo(32);
        JsonNode result = first.json("result.json");
        assertThat(result.get("primary").asText()).isEqualTo(primary);
        assertThat(result.get("trainExamples").asInt()).isEqualTo(6);
        assertThat(result.get("cases").asInt()).isEqualTo(2);
        JsonNode number = result.get("numbers").get(primary);
        assertThat(number.get("value").isNumber()).isTrue();
        assertThat(number.get("value").asDouble()).isBetween(number.get("low").asDouble(),
                number.get("high").asDouble());
        assertThat(first.predictions()).hasSize(3);
        assertThat(first.predictions().getFirst()).startsWith(head);
        assertThat(first.folder().resolve("report.html")).doesNotExist();
        assertThat(Files.readString(first.folder().resolve("log.jsonl"))).contains("\"loss\":", "\"validation\":");

        SmallRun second = SmallRun.drawn(kind, folder.resolve("second"), "--epochs", "2", "--loaders", "1");
        assertThat(second.bytes("result.json")).isEqualTo(first.bytes("result.json"));
        assertThat(second.bytes("predictions.csv")).isEqualTo(first.bytes("predictions.csv"));
        assertThat(Files.mismatch(second.checkpoints().getLast(), first.checkpoints().getLast())).isEqualTo(-1);
    }

    @Test
    void theUsualSizesAreThoseOfTheRecipe() throws IOException {
        Path out = folder.resolve("run");
        Outcome outcome = Outcome.of("finetune", "classify", "--out", out.toString(), "--recipe", "paper", "--view",
                "64", "--batch", "2", "--epochs", "0.1", "--drawn", "4,2,2", "--drawn-pixels", "64", "--class-weights",
                "--ten-crop", "--shots", "3");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("classify of swin_nano from random, views of 64 pixels: drawn X-rays: 3 to"
                + " train on, 2 for validation, 2 to test; from step 0 of 1, in " + out, "ten-crop mean AUC",
                "report.html");
        assertThat(out.resolve("report.html")).content().contains("</html>");
        JsonNode plan = new SmallRun(out).json("run.json");
        assertThat(plan.get("transfer").get("optimizer").get("rate").asDouble()).isEqualTo(1e-4);
        assertThat(plan.get("transfer").get("loss").get("classWeights").asBoolean()).isTrue();
        assertThat(plan.get("shots").asInt()).isEqualTo(3);
    }

    @Test
    void aRunThatHasEndedOnlyAnswersAgain() throws IOException {
        SmallRun run = SmallRun.drawn("classify", folder.resolve("run"));
        List<String> before = texts(run);
        List<Path> checkpoints = run.checkpoints();
        Files.delete(run.folder().resolve("result.json"));
        Outcome again = SmallRun.finetune("classify", run.folder(), List.of("--cache", "off"), "--resume");
        assertThat(again.err()).isEmpty();
        assertThat(again.code()).isZero();
        assertThat(again.out()).contains("goes on at step 1 of 1");
        assertThat(texts(run)).isEqualTo(before);
        assertThat(run.checkpoints()).isEqualTo(checkpoints);
    }

    private static List<String> texts(SmallRun run) throws IOException {
        List<String> texts = new ArrayList<>();
        for (String file : List.of("run.json", "result.json", "predictions.csv", "log.jsonl")) {
            texts.add(Files.readString(run.folder().resolve(file)));
        }
        return texts;
    }

    /** Stopped between the first and the second seed, and within the second. */
    @Test
    void severalSeedsAreTakenUpWhereTheyWere() throws IOException {
        Path out = folder.resolve("run");
        Outcome whole = SmallRun.finetune("segment", out, SmallRun.drawn(), "--seeds", "1,2", "--epochs", "2");
        assertThat(whole.code()).as(whole.err()).isZero();
        assertThat(whole.out()).contains("2 seeds, mean ± standard deviation:");
        SmallRun first = new SmallRun(out.resolve("seed-1"));
        SmallRun second = new SmallRun(out.resolve("seed-2"));
        byte[] result = second.bytes("result.json");
        String means = means(whole);
        assertThat(first.bytes("result.json")).isNotEqualTo(result);
        assertThat(means.lines().findFirst().orElseThrow()).matches(" +mean Dice +0\\.\\d+ ± 0\\.\\d+.*");

        remove(second.folder());
        Outcome resumed = SmallRun.finetune("segment", out, List.of("--cache", "off"), "--seeds", "1,2", "--resume");
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(second.bytes("result.json")).isEqualTo(result);
        assertThat(means(resumed)).isEqualTo(means);

        Files.delete(second.folder().resolve("result.json"));
        Files.delete(second.checkpoints().getLast());
        assertThat(second.checkpoints()).isNotEmpty();
        Outcome within = SmallRun.finetune("segment", out, List.of("--cache", "off"), "--seeds", "1,2", "--resume");
        assertThat(within.out()).contains("goes on at step 1 of 2");
        assertThat(second.bytes("result.json")).isEqualTo(result);
        assertThat(means(within)).isEqualTo(means);
    }

    private static String means(Outcome outcome) {
        return outcome.out().substring(outcome.out().indexOf("standard deviation:\n") + 20);
    }

    private static void remove(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void dataWithoutATestPartIsLearnedFrom() throws IOException {
        new SetFolder(folder.resolve("data")).films(IntStream.range(0, 5).mapToObj(i -> "p" + i + ".png")
                .toArray(String[]::new)).list("own.csv", "image,split,label", "p0.png,train,x", "p1.png,train,y",
                        "p2.png,train,x", "p3.png,val,y", "p4.png,val,x");
        Path out = folder.resolve("run");
        Outcome outcome = SmallRun.finetune("classify", out, SmallRun.TINY, "--data",
                folder.resolve("data").toString(), "--task", "csv", "--seeds", "3,4");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("nothing to test: the data set has no test part").doesNotContain("±");
        SmallRun run = new SmallRun(out.resolve("seed-3"));
        assertThat(run.checkpoints()).isNotEmpty();
        assertThat(run.folder().resolve("result.json")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"classify, 14, 6", "keypoints, 10, 5"})
    void resumingIsVerifiedByTheCommandItself(String kind, int pictures, int steps) {
        Outcome outcome = SmallRun.finetune(kind, folder.resolve("none"), SmallRun.drawn(), "--drawn",
                pictures + ",2,2", "--batch", "2", "--verify-resume");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).matches(steps + " steps, and 3, save, load, " + (steps - 3)
                + ": all \\d+ bytes of both checkpoints are equal\n");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void optionsMayStandInAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("tiny.txt"), "# as small as can be\n" + String.join("\n",
                SmallRun.drawn()));
        Outcome outcome = Outcome.of("finetune", "classify", "@" + file, "--no-report", "--out",
                folder.resolve("run").toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("views of 32 pixels", "6 to train on");
    }

    @Test
    void itExplainsItself() {
        for (String kind : List.of("classify", "segment", "keypoints")) {
            Outcome help = Outcome.of("finetune", kind, "--help");
            assertThat(help.code()).isZero();
            assertThat(help.out()).contains("--data", "--task", "--init", "--shots", "--seeds", "--ten-crop",
                    "--resume", "--verify-resume", "--allow-missing", "Example:");
        }
        assertThat(Outcome.of("finetune").err()).isEqualTo(
                "panacea finetune: for what? (need classify, segment or keypoints)\n");
    }
}
