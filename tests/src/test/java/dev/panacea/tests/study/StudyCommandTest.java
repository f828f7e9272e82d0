package dev.panacea.tests.study;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code panacea study}: networks side by side, in a table, in JSON and on a page. */
class StudyCommandTest {
    private static final List<String> OWN = List.of("compositionality", "decompositionality", "retrieval", "locality",
            "tokens", "changed-tokens");

    private final int threads = ParallelRows.threads();

    @TempDir
    private Path folder;

    @AfterEach
    void restore() {
        ParallelRows.threads(threads);
    }

    private Outcome study(List<String> names, String out, String... more) {
        List<String> args = new ArrayList<>(List.of("study", "--drawn", "4", "--patches", "1", "--among", "2", "--out",
                folder.resolve(out).toString()));
        args.addAll(List.of(more));
        args.addAll(names);
        return Outcome.of(args.toArray(String[]::new));
    }

    private JsonNode json(String out) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(out).resolve("study.json").toFile());
    }

    @Test
    void everyStudyHasItsPlace() throws IOException {
        Outcome outcome = study(OWN, "a", "--checkpoint", "vit_nano_patch16_64=random");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("random vit_nano_patch16_64", "study.html");
        JsonNode json = json("a");
        for (String name : OWN) {
            JsonNode study = json.path("studies").path(name);
            assertThat(study.path("protocol").asText()).as(name).isNotBlank();
            assertThat(study.path("numbers").path("random vit_nano_patch16_64").size()).as(name).isPositive();
        }
        String page = Files.readString(folder.resolve("a").resolve("study.html"));
        assertThat(page).doesNotContain("http:", "https:", "src=\"/").contains("data:image/png;base64,");
        try (Stream<Path> files = Files.list(folder.resolve("a"))) {
            List<Path> plots = files.filter(file -> file.toString().endsWith(".png")).toList();
            assertThat(plots).hasSize(3); // densities of 2 and 4 parts, landmarks
            for (Path plot : plots) {
                assertThat(ImageIO.read(plot.toFile()).getWidth()).isGreaterThan(1000);
            }
        }
    }

    @Test
    void batchesAndThreadsChangeNothing() throws IOException {
        List<String> names = List.of("compositionality", "decompositionality", "tokens");
        byte[] first = null;
        for (int count = 1; count <= 3; count++) {
            ParallelRows.threads(count);
            Outcome outcome = study(names, "same" + count, "--checkpoint", "vit_nano_patch16_64=random", "--batch",
                    Integer.toString(3 * count - 2), "--checkpoint", "swin_nano_64=random");
            assertThat(outcome.code()).as(outcome.err()).isZero();
            byte[] json = Files.readAllBytes(folder.resolve("same" + count).resolve("study.json"));
            first = first == null ? json : first;
            assertThat(json).isEqualTo(first);
            assertThat(folder.resolve("same" + count).resolve("study.html")).hasSameTextualContentAs(
                    folder.resolve("same1").resolve("study.html"));
        }
        JsonNode studies = json("same1").path("studies");
        assertThat(studies.path("compositionality").path("numbers").size()).isEqualTo(2);
        // A Swin's view of 64 pixels has 2 × 2 tokens: too few for two crops of one picture, and said so.
        assertThat(studies.path("tokens").path("numbers").size()).isEqualTo(1);
        assertThat(folder.resolve("same1").resolve("study.html")).content().contains("Left out: random swin_nano_64");
    }

    @Test
    void runsTellWhatTheyAre() throws IOException {
        Outcome run = Outcome.of("pretrain", "--out", folder.resolve("run").toString(), "--drawn", "8", "--batch", "2",
                "--steps", "2", "--model", "vit_nano", "--set", "optimizer.rate=0.01", "--set",
                "optimizer.warmUpEpochs=0");
        assertThat(run.code()).as(run.err()).isZero();
        Outcome outcome = study(List.of("tokens"), "of", "--checkpoint", folder.resolve("run").toString(),
                "--checkpoint", "random");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        JsonNode of = json("of");
        assertThat(of.path("checkpoints").path("run").path("imagePixels").asInt()).isEqualTo(224);
        assertThat(of.path("checkpoints").path("random vit_nano").path("viewPixels").asInt()).isEqualTo(96);
        JsonNode numbers = of.path("studies").path("tokens").path("numbers");
        assertThat(numbers.path("run")).isNotEqualTo(numbers.path("random vit_nano"));
        assertThat(numbers.path("run").path("queries").asInt()).isEqualTo(4 * 9);
        Outcome student = study(List.of("tokens"), "student", "--checkpoint", folder.resolve("run").toString(),
                "--part", "student");
        assertThat(student.code()).as(student.err()).isZero();
        assertThat(json("student").path("studies").path("tokens").path("numbers").path("run"))
                .isNotEqualTo(numbers.path("run"));
    }

    @Test
    void whatOneStudyCannotDoLeavesTheOthers() throws IOException {
        Outcome drawn = Outcome.of("draw", "--out", folder.resolve("films").toString(), "--count", "3", "--size",
                "64");
        assertThat(drawn.code()).as(drawn.err()).isZero();
        Outcome outcome = study(List.of("locality", "retrieval"), "films-study", "--checkpoint",
                "vit_nano_patch16_64=random", "--data", folder.resolve("films").toString());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("locality: left out", "need 2 or more landmarks")
                .contains("left out: " + folder.resolve("films").resolve("landmarks.csv") + ": unknown format");
        assertThat(json("films-study").path("studies").path("retrieval").path("numbers").size()).isEqualTo(1);
        Outcome alone = study(List.of("locality"), "alone", "--checkpoint", "vit_nano_patch16_64=random", "--data",
                folder.resolve("films").toString());
        assertThat(alone.code()).isEqualTo(1);
        assertThat(folder.resolve("alone")).doesNotExist();
    }

    @Test
    void mistakesAreOneLine() {
        for (String[] mistake : new String[][] {
            {"nothing", "study nothing: unknown name", "--checkpoint", "vit_nano=random"},
            {"tokens", "unknown name", "--checkpoint", "random", "--model", "vit_pico"},
            {"tokens", "no such file", "--checkpoint", "vit_nano=" + folder.resolve("none.pth")},
            {"tokens", "no checkpoint in this folder", "--checkpoint", folder.toString()},
            {"tokens", "no such file or folder", "--data", folder.resolve("none").toString()},
            {"tokens", "study: batches of 32, 0 patches", "--patches", "0", "--among", "32"}}) {
            List<String> args = new ArrayList<>(List.of("study", mistake[0], "--out", folder + "/x"));
            args.addAll(List.of(mistake).subList(2, mistake.length));
            Outcome outcome = Outcome.of(args.toArray(String[]::new));
            assertThat(outcome.code()).as(mistake[1]).isEqualTo(1);
            assertThat(outcome.err().lines()).hasSize(1);
            assertThat(outcome.err().toLowerCase(Locale.ROOT)).contains(mistake[1].toLowerCase(Locale.ROOT));
        }
        assertThat(folder.resolve("x")).doesNotExist();
    }
}
