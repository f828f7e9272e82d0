package dev.panacea.tests.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tests.house.Outcome;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that show the method: what they print is so, and a step that is looked at is the same step. */
class LessonCommandTest {
    private static final List<String> TINY = List.of("--model", "vit_nano", "--set", "grid.imagePixels=128", "--set",
            "grid.viewCells=4", "--set", "globalHead.hidden=32", "--set", "globalHead.outputs=32", "--batch", "2",
            "--drawn", "6", "--set", "optimizer.epochs=1");

    @TempDir
    private Path folder;

    private static Outcome run(String command, List<String> first, String... more) {
        return Outcome.of(Stream.of(Stream.of(command), first.stream(), Stream.of(more)).flatMap(all -> all)
                .toArray(String[]::new));
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void cropsTellWhereTheyLie() throws IOException {
        Outcome outcome = run("crops", List.of(), "--out", file("crops.png"));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("drawn X-ray 7, 512 × 512 pixels", "32 × 32 cells of 16 pixels",
                "C1        row 18, column 16, 14 × 14 cells = 224 × 224 pixels",
                "C2        row 0, column 0, 28 × 28 cells = 448 × 448 pixels", "rows 18 and 0 are both even",
                "overlap   row 18, column 16, 10 × 12 cells = 160 × 192 pixels; no draw has fewer than 10 a side",
                "30 of 196 tokens of C2", "120 of 196 tokens of C1");
        BufferedImage drawn = ImageIO.read(folder.resolve("crops.png").toFile());
        long lines = IntStream.range(0, drawn.getWidth())
                .filter(x -> (drawn.getRGB(x, 700) & 0xFFFFFF) == 0xFFB347).count();
        assertThat(lines).as("pixels of C1's outlines in one row of the drawing").isGreaterThanOrEqualTo(12);

        assertThat(run("draw", List.of(), "--count", "1", "--size", "300", "--out", file("set")).code()).isZero();
        Outcome film = run("crops", List.of(file("set/images/00000001_000.png")), "--image", "224", "--cells", "14",
                "--view", "96", "--out", file("film.png"));
        assertThat(film.out()).contains("00000001_000.png, 300 × 300 pixels, resized to 224 × 224: 14 × 14 cells");
    }

    /** From the numbers that are printed alone: the cells of p are those of q1 to q4. */
    @Test
    void fourTokensOfC1AreOneOfC2() {
        for (int seed = 1; seed < 5; seed++) {
            String text = run("crops", List.of("--image", "224", "--cells", "14", "--view", "96"), "--seed",
                    Integer.toString(seed), "--out", file("crops.png")).out();
            int[] c1 = numbers(text, "C1 +row (\\d+), column (\\d+),");
            int[] c2 = numbers(text, "C2 +row (\\d+), column (\\d+),");
            int[] p = numbers(text, "p +token (\\d+) of C2, .*cells (\\d+)\\.\\.\\d+ down, (\\d+)\\.\\.");
            int[] q = numbers(text, "q1..q4 +tokens (\\d+), (\\d+), (\\d+), (\\d+) of C1");
            assertThat(p[1]).isEqualTo(c2[0] + 2 * (p[0] / 6));
            assertThat(p[2]).isEqualTo(c2[1] + 2 * (p[0] % 6));
            for (int k = 0; k < 4; k++) {
                assertThat(c1[0] + q[k] / 6).isEqualTo(p[1] + k / 2);
                assertThat(c1[1] + q[k] % 6).isEqualTo(p[2] + k % 2);
            }
        }
    }

    private static int[] numbers(String text, String form) {
        MatchResult found = Pattern.compile(form).matcher(text).results().findFirst().orElseThrow();
        return IntStream.rangeClosed(1, found.groupCount()).map(k -> Integer.parseInt(found.group(k))).toArray();
    }

    @Test
    void targetIsPrintedAndDrawn() throws IOException {
        Outcome outcome = run("target", List.of(), "--out", file("target.png"));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("T [196, 49]: 196 tokens of C2, 49 of C1's composed ones",
                "30 rows with a partner, 166 rows of zeros", "T [196, 784]: 196 tokens of C1",
                "120 rows with a partner, 76 rows of zeros", "token 165 (row 11, column 11 of C2) ↔ token 17 ",
                "  0.3679  0.6065  0.3679\n", "  0.6065  1.0000  0.6065\n");
        BufferedImage drawn = ImageIO.read(folder.resolve("target.png").toFile());
        // C1 lies 18 cells below C2 and 16 beside it: token (10, 11) of C2 is composed token (1, 3) of C1.
        assertThat(drawn.getRGB(120 + 4 * 10 + 1, 190 + 4 * 151 + 1) & 0xFFFFFF).as("1").isEqualTo(0xFCF4B0);
        for (int column = 0; column < 49; column++) {
            assertThat(drawn.getRGB(120 + 4 * column + 1, 191) & 0xFFFFFF).as("no partner").isEqualTo(0x101820);
        }
    }

    @Test
    void targetsAreCutOffAtTheBorderAndZeroOutside() {
        List<String> small = List.of("--image", "224", "--cells", "14", "--view", "96", "--out", file("target.png"));
        assertThat(run("target", small, "--kernel", "5", "--sigma", "2").out()).contains("T [36, 9]", "T [36, 144]",
                "       ·  0.7788  0.8825  0.7788       ·\n", "       ·       ·       ·       ·       ·\n");
        assertThat(run("target", small, "--token", "0").out())
                .contains("token 0 (row 0, column 0 of C2) lies outside the overlap: its row is all zeros");
    }

    @Test
    void aTracedStepIsTheStepOfPretraining() throws Exception {
        Outcome outcome = run("trace", TINY, "--step", "2", "--json");
        assertThat(outcome.err()).isEmpty();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : outcome.out().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        JsonNode end = lines.removeLast();
        assertThat(lines).extracting(room -> room.get("room").textValue()).containsExactly("DrawnXray", "Reduction",
                "ResizedCrop", "GridCropper", "Augment", "BatchLoader", "Teacher.encode", "Student.encode", "GlobalLoss", "Composer",
                "MatchingTarget", "MatchingLoss", "Decomposer", "MatchingTarget", "MatchingLoss", "TokenSpread",
                "TotalLoss", "Tape.backward", "StepReport", "AdamW", "Teacher.follow");
        assertThat(lines.get(5).get("out").toString()).isEqualTo("[[2,3,64,64],[2,3,64,64]]");
        assertThat(lines.get(7).get("in")).isEqualTo(lines.get(5).get("out")).isEqualTo(lines.get(6).get("in"));
        assertThat(lines.get(9).get("out").toString()).as("composed").isEqualTo("[[2,4,96]]");
        assertThat(lines.get(12).get("out").toString()).as("decomposed").isEqualTo("[[2,64,96]]");
        assertThat(lines).filteredOn(room -> room.has("mean")).hasSize(20).allMatch(room ->
                room.get("min").doubleValue() <= room.get("mean").doubleValue()
                        && room.get("mean").doubleValue() <= room.get("max").doubleValue()
                        && room.get("milliseconds").doubleValue() > 0 && room.get("bytes").longValue() > 0);

        assertThat(run("pretrain", TINY, "--out", file("run"), "--no-report").code()).isZero();
        try (Stream<Path> files = Files.list(folder.resolve("run/checkpoints"))) {
            Path last = files.max(Path::compareTo).orElseThrow();
            assertThat(last.toString()).endsWith("-step-3.safetensors");
            assertThat(end.get("state").textValue()).isEqualTo(digest(last));
        }
        assertThat(run("trace", TINY, "--step", "1").out()).contains("Teacher.encode   2 × [2, 3, 64, 64] → ")
                .contains("loss ", "the teacher keeps ", "for backward").doesNotContain(digest(last()));
    }

    private Path last() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("run/checkpoints"))) {
            return files.max(Path::compareTo).orElseThrow();
        }
    }

    /** Of student and teacher as a checkpoint has them. */
    private static String digest(Path checkpoint) throws Exception {
        try (MemoryScope _ = MemoryScope.open("digest"); Checkpoint saved = Checkpoint.open(checkpoint)) {
            PretrainStep training = new PretrainStep(PretrainConfig.parse(saved.progress().texts().get("config")), 3);
            saved.restore(training.state());
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Parameter parameter : Stream.of(training.student().parameters(), training.teacher().parameters())
                    .flatMap(parameters -> parameters.all().stream()).toList()) {
                ByteBuffer bytes = ByteBuffer.allocate((int) (4 * parameter.size())).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(parameter.value().toFloats());
                digest.update(bytes.array());
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    @Test
    void filesAreTracedFromTheirDecoder() {
        assertThat(run("draw", List.of(), "--count", "2", "--size", "128", "--out", file("set")).code()).isZero();
        Outcome outcome = run("trace", TINY, "--step", "0", file("set/images"));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("\nImageDecoder     → [128, 128]").doesNotContain("DrawnXray");
    }

    @Test
    void graphsAreDrawnWithoutOverlaps() throws Exception {
        for (List<String> options : List.of(List.<String>of(), List.of("--depth", "4"),
                List.of("--layer", "backbone.blocks.1"))) {
            List<String> all = Stream.concat(TINY.stream(), options.stream()).toList();
            Outcome outcome = run("graph", all, "--out", file("graph.svg"));
            assertThat(outcome.err()).isEmpty();
            int[] counts = numbers(outcome.out(), "(\\d+) boxes, (\\d+) arrows");
            Drawing.of(folder.resolve("graph.svg")).check(counts[0], counts[1]);
        }
    }

    @Test
    void graphsGoToGraphvizToo() throws IOException {
        Outcome outcome = run("graph", TINY, "--layer", "MatchingLoss", "--out", file("graph.dot"));
        int[] counts = numbers(outcome.out(), "(\\d+) boxes, (\\d+) arrows");
        String dot = Files.readString(folder.resolve("graph.dot"));
        assertThat(dot.lines().filter(line -> line.contains(" [shape="))).hasSize(counts[0]);
        assertThat(dot.lines().filter(line -> line.contains(" -> "))).hasSize(counts[1]);
    }

    @Test
    void graphsNameModulesAndOps() throws IOException {
        assertThat(run("graph", TINY, "--out", file("graph.svg")).out()).startsWith("vit_nano: one step: ");
        assertThat(Files.readString(folder.resolve("graph.svg"))).contains(">backbone.blocks.5<",
                ">DenseHead.layers.0<", ">downsample.layer.3<", ">upsample.layer.3<", ">GlobalLoss<",
                ">MatchingLoss of composition<", ">TotalLoss<", ">teacher's tokens<", ">target T<",
                "2 layerNorm, 4 linear, attention");
        assertThat(run("graph", TINY, "--layer", "backbone.blocks.1.attn", "--out", file("attn.svg")).code()).isZero();
        assertThat(Files.readString(folder.resolve("attn.svg"))).contains(">backbone.blocks.1.attn.qkv<", ">weight<",
                ">[288, 96]<", ">from outside<").doesNotContain("mlp");
    }

    @Test
    void mistakesAreOneLine() {
        for (List<String> wrong : List.of(List.of("crops", "nowhere.png"), List.of("crops", "--image", "100"),
                List.of("crops", "--view", "50"), List.of("crops", "--cells", "0"), List.of("target", "--kernel", "4"),
                List.of("target", "--sigma", "0"), List.of("target", "--token", "196"),
                List.of("target", "--image", "0"), List.of("trace", "--step", "-1"), List.of("trace", "nowhere"),
                List.of("trace", "--model", "resnet"), List.of("trace", "--step", "1000000", "--drawn", "8"),
                List.of("graph", "--out", "graph.png"), List.of("graph", "--depth", "0"),
                List.of("graph", "--layer", "a", "--depth", "2"))) {
            Outcome outcome = Outcome.of(wrong.toArray(String[]::new));
            assertThat(outcome.code()).as(wrong.toString()).isNotZero();
            assertThat(outcome.err().lines()).as(wrong.toString()).hasSize(1).allMatch(line -> line.endsWith(")"));
        }
        assertThat(run("graph", TINY, "--layer", "backbone.blocks.1.atn").err())
                .contains("no such module (did you mean backbone.blocks.1.attn?)");
    }
}
