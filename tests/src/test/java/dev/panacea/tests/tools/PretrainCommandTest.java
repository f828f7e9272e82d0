package dev.panacea.tests.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code panacea pretrain}, on pictures of 128 pixels: what it leaves in its folder, and going on. */
class PretrainCommandTest {
    private static final List<String> TINY = List.of("--set", "grid.imagePixels=128", "--set", "grid.viewCells=4",
            "--set", "globalHead.outputs=32", "--batch", "2", "--drawn", "6", "--no-report");

    @TempDir
    private Path folder;

    private Outcome pretrain(String out, List<String> first, String... more) {
        List<String> args = new ArrayList<>(List.of("pretrain", "--out", folder.resolve(out).toString()));
        args.addAll(first);
        args.addAll(List.of(more));
        return Outcome.of(args.toArray(String[]::new));
    }

    private Path newest(String out) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(out).resolve("checkpoints"))) {
            return files.max(Path::compareTo).orElseThrow();
        }
    }

    @Test
    void aRunThatGoesOnHasTheBytesOfOneThatRanThrough() throws IOException {
        Outcome whole = pretrain("whole", TINY, "--steps", "4");
        assertThat(whole.err()).isEmpty();
        assertThat(whole.code()).isZero();
        assertThat(whole.out()).contains("4 steps", "partner found");

        // Stopped after an epoch of three steps; its log then tells of a step that no checkpoint has.
        assertThat(pretrain("parts", TINY, "--steps", "4").code()).isZero();
        Files.delete(newest("parts"));
        assertThat(newest("parts").getFileName().toString()).endsWith("step-3.safetensors");
        Outcome resumed = pretrain("parts", List.of("--resume"));
        assertThat(resumed.code()).isZero();
        assertThat(resumed.out()).contains("goes on at step 3 of 4");

        assertThat(Files.mismatch(newest("whole"), newest("parts"))).isEqualTo(-1);
        assertThat(losses("parts")).isEqualTo(losses("whole")).hasSize(4).doesNotHaveDuplicates();
        try (Checkpoint saved = Checkpoint.open(newest("whole"))) {
            assertThat(saved.progress().texts().get("config")).contains("\"viewCells\" : 4");
        }
        assertThat(pretrain("whole", TINY).err()).contains("holds a run already");
    }

    private List<String> losses(String out) throws IOException {
        List<String> losses = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(out).resolve("log.jsonl"))) {
            JsonNode step = new ObjectMapper().readTree(line);
            losses.add(step.get("step").asText() + " " + step.get("loss").asText());
        }
        return losses;
    }

    @Test
    void resumingIsVerifiedByTheCommandItself() throws IOException {
        List<String> args = new ArrayList<>(TINY);
        args.add("--verify-resume");
        Outcome outcome = pretrain("none", args);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("bytes of both checkpoints are equal");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    /** Reads the records as TensorBoard does: lengths, checksums, and the tags inside. */
    @Test
    void eventsAreWholeRecords() throws IOException {
        assertThat(pretrain("run", TINY, "--steps", "2").code()).isZero();
        Path events;
        try (Stream<Path> files = Files.list(folder.resolve("run"))) {
            events = files.filter(file -> file.getFileName().toString().startsWith("events.out.tfevents."))
                    .findFirst().orElseThrow();
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(events)).order(ByteOrder.LITTLE_ENDIAN);
        List<String> records = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] length = new byte[8];
            bytes.get(length);
            assertThat(bytes.getInt()).isEqualTo(masked(length));
            byte[] data = new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
            bytes.get(data);
            assertThat(bytes.getInt()).isEqualTo(masked(data));
            records.add(new String(data, StandardCharsets.ISO_8859_1));
        }
        assertThat(records).hasSize(3);
        assertThat(records.getFirst()).contains("brain.Event:2");
        assertThat(records.get(1)).contains("loss/composition", "schedule/rate");
    }

    private static int masked(byte[] data) {
        CRC32C sum = new CRC32C();
        sum.update(data);
        return Integer.rotateRight((int) sum.getValue(), 15) + 0xa282ead8;
    }

    @Test
    void badPicturesAreLeftOutUpToAShare() throws IOException {
        Path drawn = folder.resolve("drawn");
        assertThat(Outcome.of("draw", "--count", "5", "--size", "128", "--out", drawn.toString()).code()).isZero();
        Path films = drawn.resolve("images");
        Files.writeString(films.resolve("broken.png"), "no picture");
        List<String> args = new ArrayList<>(TINY);
        args.addAll(List.of("--data", films.toString(), "--steps", "3"));
        Outcome stopped = pretrain("strict", args);
        assertThat(stopped.code()).isEqualTo(1);
        assertThat(stopped.err()).contains("broken.png", "more than 1.0 %");
        args.addAll(List.of("--bad", "0.9"));
        Outcome lenient = pretrain("lenient", args);
        assertThat(lenient.code()).isZero();
        assertThat(lenient.err()).contains("left out: ", "broken.png");
    }

    @Test
    void aCacheOfPicturesChangesNoByte() throws IOException {
        Path drawn = folder.resolve("drawn");
        assertThat(Outcome.of("draw", "--count", "4", "--size", "200", "--out", drawn.toString()).code()).isZero();
        Path films = drawn.resolve("images");
        try (Stream<Path> all = Files.list(films)) {
            for (Path film : all.toList()) { // those just made are not kept
                Files.setLastModifiedTime(film, FileTime.from(Instant.now().minusSeconds(60)));
            }
        }
        Path cache = folder.resolve("cache");
        List<String> args = new ArrayList<>(TINY);
        args.addAll(List.of("--data", films.toString(), "--steps", "3", "--loaders", "1", "--cache"));
        Outcome off = pretrain("off", args, "off");
        assertThat(off.code()).as(off.err()).isZero();
        assertThat(off.out()).doesNotContain("cache");
        Outcome cold = pretrain("cold", args, cache.toString());
        assertThat(cold.err()).isEmpty();
        assertThat(cold.out()).contains("picture cache: at most 0.2 MiB, " + cache);
        assertThat(cold.out()).contains("pictures: 2 from the cache, 4 decoded");
        assertThat(pretrain("warm", args, cache.toString()).out()).contains("pictures: 6 from the cache, 0 decoded");
        assertThat(Files.mismatch(newest("off"), newest("cold"))).isEqualTo(-1);
        assertThat(Files.mismatch(newest("off"), newest("warm"))).isEqualTo(-1);

        Outcome among = pretrain("among", args, films.resolve("cache").toString());
        assertThat(among.code()).isEqualTo(1);
        assertThat(among.err()).startsWith("panacea pretrain: --cache: ").contains("lies among the pictures").hasLineCount(1);
        assertThat(films.resolve("cache")).doesNotExist();
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        Outcome without = pretrain("without", args, file.toString());
        assertThat(without.code()).isZero();
        assertThat(without.err()).startsWith("no picture cache: ").hasLineCount(1);
    }

    @Test
    void tablesNameThePicturesInAColumn() throws IOException {
        Path drawn = folder.resolve("drawn");
        assertThat(Outcome.of("draw", "--count", "3", "--size", "128", "--out", drawn.toString()).code()).isZero();
        Path table = drawn.resolve("images").resolve("films.csv");
        Files.writeString(table, "Image Index,Age\n00000001_000.png,50\n00000002_000.png,60\nlost.png,70\n");
        List<String> args = new ArrayList<>(TINY);
        args.addAll(List.of("--data", table.toString(), "--steps", "2"));
        assertThat(pretrain("wrong", args).err()).contains("no column 'image'", "Image Index");
        args.addAll(List.of("--column", "Image Index"));
        Outcome outcome = pretrain("run", args);
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).contains("left out: row 4", "lost.png");
        assertThat(pretrain("run", List.of("--resume"), "--steps", "3").out()).contains("goes on at step 2 of 3");
    }

    @Test
    void weightsOfAFileAreWhereARunBegins() throws IOException {
        assertThat(pretrain("first", TINY, "--steps", "1").code()).isZero();
        List<String> args = new ArrayList<>(TINY);
        args.addAll(List.of("--seed", "9", "--steps", "1", "--set", "optimizer.rate=0"));
        assertThat(pretrain("random", args).code()).isZero();
        List<String> wrong = new ArrayList<>(args);
        wrong.addAll(List.of("--init", folder.resolve("none.safetensors").toString()));
        assertThat(pretrain("second", wrong).code()).as("leaves no run behind").isEqualTo(1);
        args.addAll(List.of("--init", newest("first").toString()));
        Outcome begun = pretrain("second", args);
        assertThat(begun.err()).contains("backbone");
        assertThat(begun.code()).isZero();
        try (Checkpoint first = Checkpoint.open(newest("first")); Checkpoint second = Checkpoint.open(newest("second"));
                Checkpoint random = Checkpoint.open(newest("random"))) {
            assertThat(first.progress().position().seed()).isNotEqualTo(second.progress().position().seed());
            assertThat(random.progress().position()).isEqualTo(second.progress().position());
        }
        assertThat(losses("second")).isNotEqualTo(losses("random"));
        assertThat(folder.resolve("second").resolve("starts.jsonl")).content().contains("\"begun from\":",
                newest("first").getFileName().toString(), "\"from step\":\"0\"");
    }

    @ParameterizedTest
    @CsvSource({"--image 512, 512, 16, 14", "--image 448, 448, 32, 6", "--image 512 --view 224, 512, 16, 14",
        "--recipe panacea --image 512, 512, 16, 14",
        "--recipe panacea --image 512 --view 224, 512, 16, 14", "--image 240, 240, 16, 6", "--recipe panacea --view 384, 1024, 32, 12"})
    void cellsFollowTheSizesOfPicturesAndViews(String given, int image, int cell, int views) throws IOException {
        List<String> args = new ArrayList<>(List.of(given.split(" ")));
        args.addAll(List.of("--data", aPicture(), "--batch", "1", "--steps", "1"));
        args.addAll(List.of("--model", "vit_nano", "--set", "globalHead.outputs=32", "--set", "globalHead.hidden=32"));
        assertThat(pretrain("sized", args).err()).isEmpty();
        JsonNode grid = new ObjectMapper().readTree(folder.resolve("sized").resolve("run.json").toFile())
                .get("pretrain").get("grid");
        assertThat(grid.get("imagePixels").asInt()).isEqualTo(image);
        assertThat(grid.get("cellPixels").asInt()).isEqualTo(cell);
        assertThat(grid.get("viewCells").asInt()).isEqualTo(views);
    }

    private String aPicture() {
        Path drawn = folder.resolve("drawn");
        assertThat(Outcome.of("draw", "--count", "1", "--size", "128", "--out", drawn.toString()).code()).isZero();
        return drawn.resolve("images").toString();
    }

    @Test
    void mistakesAreOneLine() {
        for (List<String> wrong : List.of(List.of("--set", "optimzer.rate=1"), List.of("--recipe", "ace"),
                List.of("--image", "100"), List.of("--view", "50"), List.of("--resume"), List.of("--data", "nowhere"),
                List.of("--config", "nowhere.json"), List.of("--model", "resnet"), List.of("--batch", "0"),
                List.of("--recipe", "paper", "--resume"), List.of("--bad", "2"))) {
            Outcome outcome = pretrain("wrong", wrong);
            assertThat(outcome.code()).as(wrong.toString()).isNotZero();
            assertThat(outcome.err().lines()).as(wrong.toString()).hasSize(1).allMatch(line -> line.endsWith(")"));
        }
        assertThat(folder.resolve("wrong")).doesNotExist();
    }
}
