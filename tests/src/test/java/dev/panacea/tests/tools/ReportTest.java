package dev.panacea.tests.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.tests.house.Outcome;
import dev.panacea.tools.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page that a run ends with: it stands alone, and its numbers are those of the log. */
class ReportTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int STEPS = 4;

    @TempDir
    private Path folder;

    private Outcome pretrain(String... more) {
        List<String> args = new ArrayList<>(List.of("pretrain", "--out", folder.resolve("run").toString(), "--set",
                "grid.imagePixels=128", "--set", "grid.viewCells=4", "--set", "globalHead.outputs=32", "--batch", "2",
                "--drawn", "4"));
        args.addAll(List.of(more));
        return Outcome.of(args.toArray(String[]::new));
    }

    private Path run() {
        return folder.resolve("run");
    }

    private List<JsonNode> log() throws IOException {
        List<JsonNode> log = new ArrayList<>();
        for (String line : Files.readAllLines(run().resolve("log.jsonl"))) {
            log.add(MAPPER.readTree(line));
        }
        return log;
    }

    @Test
    void runEndsWithAPageThatItsFolderGivesAgain() throws IOException {
        Outcome outcome = pretrain("--steps", Integer.toString(STEPS), "--seed", "5");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("report: " + run().resolve("report.html"));
        String page = Files.readString(run().resolve("report.html"));
        standsAlone(page);
        holdsTheParts(page);
        tableIsThatOfTheLog(page);
        curvesAreThoseOfTheLog(page);
        tokensAreWhole(page);

        Path again = folder.resolve("again.html");
        assertThat(Outcome.of("report", run().toString(), "--out", again.toString()).code()).isZero();
        assertThat(Files.readString(again)).isEqualTo(page);

        Path drawn = folder.resolve("drawn");
        assertThat(Outcome.of("draw", "--count", "1", "--size", "128", "--out", drawn.toString()).code()).isZero();
        assertThat(Outcome.of("report", run().toString(), "--data", drawn.resolve("images").toString()).code())
                .isZero();
        assertThat(Files.readString(run().resolve("report.html"))).contains("00000001_000.png", "are of another list");
    }

    private static void standsAlone(String page) {
        assertThat(page).doesNotContain("http:", "https:", "@import");
        Matcher addresses = Pattern.compile("(?:src|href)=\"([^\"]*)\"|url\\(([^)]*)\\)").matcher(page);
        int found = 0;
        for (; addresses.find(); found++) {
            String address = addresses.group(1) == null ? addresses.group(2) : addresses.group(1);
            assertThat(address).matches("(?s)data:image/(png|jpeg);base64,.*|#film\\d");
        }
        assertThat(found).as("pictures and references to them").isGreaterThan(40);
        assertThat(page.length()).isLessThan(6 << 20);
    }

    private static void holdsTheParts(String page) {
        assertThat(page).contains("id=\"losses\"", "id=\"crops\"", "id=\"matching\"", "id=\"colours\"",
                "id=\"nearest\"", "id=\"collapse\"", "id=\"schedules\"", "id=\"run\"", "id=\"choices\"");
        assertThat(page).contains("No collapse was seen", "ln 32 is 3.466", "drawn X-ray 5", "drawn X-ray 8",
                "M, random weights", "M, trained", "T, as it should be", "4 drawn X-rays", "panacea 0.1.0", "sha256 ",
                "pictures a second", "MiB of tensors", Runtime.version().toString());
        assertThat(page).contains("<td>model.name</td><td>swin_nano</td><td>swin_base</td>",
                "<td>grid.imagePixels</td><td>128</td><td>1024</td>", "<td>seed</td><td>5</td><td>0</td>");
        assertThat(page).doesNotContain("<td>optimizer.clip</td>");
    }

    private void tableIsThatOfTheLog(String page) throws IOException {
        List<JsonNode> log = log();
        for (String[] row : new String[][] {{"Loss", "loss"}, {"Composition loss", "loss/composition"},
                {"Partner found, decomposition", "match/decomposition"},
                {"Effective rank of the teacher's tokens", "teacher/rank"}}) {
            double first = log.getFirst().get(row[1]).doubleValue(); // of 4 steps, a tenth is one
            double last = log.getLast().get(row[1]).doubleValue();
            assertThat(page).contains(String.format(Locale.ROOT, "<td>%s</td><td>%.4f</td><td>%.4f</td><td>%.4f</td>",
                    row[0], first, last, last));
        }
    }

    /** Reads the curve of the weight decay back from its places in the plot. */
    private void curvesAreThoseOfTheLog(String page) throws IOException {
        Matcher plot = Pattern.compile("aria-label=\"Weight decay\" data-x=\"([^\"]*)\" data-y=\"([^\"]*)\".*?"
                + "data-name=\"decay\" points=\"([^\"]*)\"", Pattern.DOTALL).matcher(page);
        assertThat(plot.find()).isTrue();
        double[] y = Stream.of(plot.group(2).split(",")).mapToDouble(Double::parseDouble).toArray();
        String[] points = plot.group(3).strip().split(" ");
        List<JsonNode> log = log();
        assertThat(points).hasSize(log.size()).hasSize(STEPS);
        for (int i = 0; i < points.length; i++) {
            double at = Double.parseDouble(points[i].split(",")[1]);
            double value = y[0] + (at - y[2]) / (y[3] - y[2]) * (y[1] - y[0]);
            assertThat(value).isCloseTo(log.get(i).get("schedule/decay").doubleValue(), within(1e-4));
        }
    }

    private static void tokensAreWhole(String page) throws IOException {
        int from = page.indexOf("<script type=\"application/json\">") + 32;
        JsonNode tokens = MAPPER.readTree(page.substring(from, page.indexOf("</script>", from)));
        assertThat(tokens.path("tokens").properties()).hasSize(2);
        tokens.path("tokens").forEach(set -> {
            int channels = set.get("channels").intValue();
            assertThat(channels).isEqualTo(192);
            for (int pane = 0; pane < 3; pane++) {
                int side = tokens.path("panes").get(pane).get("side").intValue();
                assertThat(side).isEqualTo(pane < 2 ? 4 : 8);
                byte[] bytes = Base64.getDecoder().decode(set.get("grids").get(pane).textValue());
                assertThat(bytes).hasSize(side * side * channels).contains((byte) 127);
            }
        });
        assertThat(tokens.get("token").intValue()).isBetween(0, 15);
    }

    @Test
    void runsThatCollapseSayAndStop() throws IOException {
        String[] positives = {"--steps", "60", "--set", "composition.positivesOnly=true", "--set",
            "decomposition.positivesOnly=true", "--set", "optimizer.rate=0.02", "--set", "weights.global=0",
            "--on-collapse", "stop"};
        Outcome outcome = pretrain(positives);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err().lines()).singleElement().asString()
                .startsWith("panacea pretrain: collapse: step ").contains("everything matches everything")
                .endsWith(")");
        assertThat(outcome.out()).contains("stopped after step ");
        assertThat(Files.readString(run().resolve("report.html"))).contains("class=\"bad\">collapse: step ");
        assertThat(log().getLast().path("collapse").asText()).contains("everything matches everything");
    }

    @Test
    void whatIsMissingOrDamagedIsToldInALine() throws IOException {
        assertThat(pretrain("--steps", "1", "--no-report").code()).isZero();
        assertThat(run().resolve("report.html")).doesNotExist();
        Path log = run().resolve("log.jsonl");
        String whole = Files.readString(log);

        refused("no such folder", folder.resolve("nowhere").toString());
        refused("no such file or folder", run().toString(), "--data", "nowhere");
        Files.writeString(log, whole + "{\"step\":1,\"lo");
        assertThat(Outcome.of("report", run().toString()).code()).as("a last line cut short").isZero();
        Files.writeString(log, "{\"step\":0,\"lo\n" + whole);
        refused("line 1 is not a step's numbers", run().toString());
        Files.write(log, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 10});
        refused("cannot be read", run().toString());
        Files.writeString(log, "");
        refused("no steps", run().toString());
        Files.delete(log);
        refused("log.jsonl: no such file", run().toString());
        Files.writeString(log, whole);
        try (Stream<Path> files = Files.list(run().resolve("checkpoints"))) {
            for (Path file : files.toList()) {
                Files.write(file, new byte[100]);
            }
        }
        refused("checkpoint ", run().toString());
        try (Stream<Path> files = Files.list(run().resolve("checkpoints"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        refused("no checkpoint", run().toString());
        Files.delete(run().resolve("run.json"));
        refused("run.json", run().toString());
    }

    private static void refused(String what, String... args) {
        Outcome outcome = Outcome.of(Stream.concat(Stream.of("report"), Stream.of(args)).toArray(String[]::new));
        assertThat(outcome.code()).as(what).isEqualTo(1);
        assertThat(outcome.err().lines()).as(what).singleElement().asString().contains(what).matches(".* \\(.+\\).*");
    }

    @Test
    void barShowsWhatTheTerminalHasRoomFor() {
        List<String> words = List.of("loss 0.697", "4.9 img/s", "wait 1%", "512 MiB");
        assertThat(Progress.fitting(words, 200)).isEqualTo(" loss 0.697 4.9 img/s wait 1% 512 MiB");
        assertThat(Progress.fitting(words, 24)).isEqualTo(" loss 0.697 4.9 img/s");
        assertThat(Progress.fitting(words, 0)).isEqualTo(" loss 0.697");
    }
}
