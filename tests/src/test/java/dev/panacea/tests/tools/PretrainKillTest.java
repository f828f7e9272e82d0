package dev.panacea.tests.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.tests.house.Outcome;
import dev.panacea.tools.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Processes of {@code panacea pretrain} that are killed, or asked to end, and go on: the last bytes are the same. */
class PretrainKillTest {
    private static final int KILLS = 5;
    private static final int STEPS = 40;
    private static final List<String> TINY = List.of("--model", "vit_nano", "--set", "grid.imagePixels=128", "--set",
            "grid.viewCells=4", "--set", "globalHead.hidden=32", "--set", "globalHead.outputs=32", "--batch", "2",
            "--drawn", "7", "--steps", Integer.toString(STEPS), "--save-every", "1");

    private static final Pattern BEGIN = Pattern.compile("step (\\d+) of " + STEPS);

    @TempDir
    private static Path folder;
    private static byte[] whole;

    @BeforeAll
    static void runThrough() throws IOException {
        List<String> command = new ArrayList<>(command(folder.resolve("whole"), TINY));
        command.add("--no-report");
        Outcome outcome = Outcome.of(command.toArray(String[]::new));
        assertThat(outcome.err()).isEmpty();
        whole = last(folder.resolve("whole"));
    }

    /** Killed in starts and among steps and saves in turn, on one thread and on two. */
    @Test
    void aKilledRunEndsWithTheBytesOfOneThatRanThrough(TestReporter reporter) throws Exception {
        Path out = folder.resolve("killed");
        SplittableRandom random = new SplittableRandom(11);
        List<Integer> reached = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = start(out, 1 + kill % 2);
            try (BufferedReader lines = process.inputReader()) {
                Matcher begin = BEGIN.matcher(lines.readLine());
                assertThat(begin.find()).isTrue();
                if (kill % 2 == 0) {
                    untilLogged(out, Integer.parseInt(begin.group(1)) + 2, process);
                }
                assertThat(process.waitFor(random.nextInt(100), TimeUnit.MILLISECONDS)).as("ended by itself").isFalse();
                process.toHandle().destroyForcibly(); // leaves the stream open
                assertThat(lines.readLine()).isNull();
            }
            assertThat(process.waitFor()).isEqualTo(128 + 9);
            reached.add(logged(out));
        }
        reporter.publishEntry("killed", "after steps " + reached + " of " + STEPS);
        assertThat(reached.getLast()).as("steps, one more each second time").isBetween(4, STEPS - 1);
        finish(out);
    }

    @Test
    void aRunThatIsAskedToEndSavesAndSaysHowToGoOn() throws Exception {
        Path out = folder.resolve("ended");
        Process process = start(out, 2);
        List<String> said;
        try (BufferedReader lines = process.inputReader()) {
            assertThat(lines.readLine()).contains("from step 0 of " + STEPS);
            untilLogged(out, 1, process);
            process.toHandle().destroy(); // SIGTERM
            said = lines.lines().toList();
        }
        assertThat(process.waitFor()).as("what a shell expects of it").isEqualTo(128 + 15);
        int step = steps(out).size();
        assertThat(said).containsExactly("stopped after step " + step + " of " + STEPS
                + ", and saved; go on with: panacea pretrain --out " + out + " --resume",
                "report: " + out.resolve("report.html"));
        assertThat(out.resolve("report.html")).isNotEmptyFile();
        assertThat(checkpoints(out).getLast().getFileName().toString()).endsWith("-step-" + step + ".safetensors");
        finish(out);
    }

    private static int logged(Path out) throws IOException {
        return Files.exists(out.resolve("log.jsonl")) ? steps(out).size() : 0;
    }

    /** Waits until so many steps are in the log. */
    private static void untilLogged(Path out, int steps, Process process) throws Exception {
        while (logged(out) < steps) {
            assertThat(process.waitFor(5, TimeUnit.MILLISECONDS)).as("ended by itself").isFalse();
        }
    }

    /** Goes on to the end, and finds the same bytes there, and each step once in the log. */
    private static void finish(Path out) throws IOException {
        Outcome outcome = Outcome.of(command(out, List.of("--resume", "--no-report")).toArray(String[]::new));
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(last(out)).isEqualTo(whole);
        assertThat(steps(out)).isEqualTo(LongStream.range(0, STEPS).boxed().toList());
        try (Stream<Path> files = Files.list(out.resolve("checkpoints"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .allMatch(name -> name.endsWith(".safetensors"));
        }
    }

    private static Process start(Path out, int threads) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
                "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData", "-XX:+UseSerialGC",
                "-Dpanacea.threads=" + threads, "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(command(out, Files.exists(out.resolve("run.json")) ? List.of("--resume", "--save-every", "1")
                : TINY));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static List<String> command(Path out, List<String> options) {
        return Stream.concat(Stream.of("pretrain", "--out", out.toString()), options.stream()).toList();
    }

    private static List<Path> checkpoints(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out.resolve("checkpoints"))) {
            return files.sorted().toList();
        }
    }

    private static byte[] last(Path out) throws IOException {
        return Files.readAllBytes(checkpoints(out).getLast());
    }

    /** The steps that the log tells of; the last line may be cut short. */
    private static List<Long> steps(Path out) throws IOException {
        List<Long> steps = new ArrayList<>();
        String log = Files.readString(out.resolve("log.jsonl"));
        for (String line : log.substring(0, log.lastIndexOf('\n') + 1).lines().toList()) {
            steps.add(new ObjectMapper().readTree(line).get("step").longValue());
        }
        return steps;
    }
}
