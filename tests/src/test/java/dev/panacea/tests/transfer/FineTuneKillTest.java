package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tests.house.Outcome;
import dev.panacea.tools.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of {@code panacea finetune} that are killed, or asked to end, and go on: the last bytes are the same. */
class FineTuneKillTest {
    private static final int STEPS = 60;
    private static final List<String> OPTIONS = List.of("--drawn", "6,2,2", "--drawn-pixels", "64", "--batch", "2",
            "--epochs", "20");

    @TempDir
    private static Path folder;
    private static SmallRun whole;

    @BeforeAll
    static void runThrough() {
        whole = SmallRun.drawn("classify", folder.resolve("whole"), OPTIONS.toArray(String[]::new));
    }

    @Test
    void aKilledRunEndsWithTheBytesOfOneThatRanThrough() throws Exception {
        SmallRun run = new SmallRun(folder.resolve("killed"));
        Process process = start(run.folder(), OPTIONS);
        try (BufferedReader lines = process.inputReader()) {
            assertThat(lines.readLine()).contains("from step 0 of " + STEPS);
            untilLogged(run, 4, process); // an epoch has three steps
            process.toHandle().destroyForcibly(); // leaves the stream open
            assertThat(lines.readLine()).isNull();
        }
        assertThat(process.waitFor()).isEqualTo(128 + 9);
        assertThat(run.steps()).hasSizeLessThan(STEPS);
        assertThat(run.folder().resolve("result.json")).doesNotExist();
        finish(run, run.folder());
    }

    @Test
    void aRunThatIsAskedToEndSavesAndSaysHowToGoOn() throws Exception {
        Path out = folder.resolve("ended");
        SmallRun run = new SmallRun(out.resolve("seed-0"));
        Process process = start(out, Stream.concat(OPTIONS.stream(), Stream.of("--seeds", "0,1")).toList());
        List<String> said;
        try (BufferedReader lines = process.inputReader()) {
            assertThat(lines.readLine()).contains("from step 0 of " + STEPS);
            untilLogged(run, 2, process);
            process.toHandle().destroy(); // SIGTERM
            said = lines.lines().toList();
        }
        assertThat(process.waitFor()).as("what a shell expects of it").isEqualTo(128 + 15);
        int step = run.steps().size();
        assertThat(said).containsExactly("stopped after step " + step + " of " + STEPS + ", and saved; go on with:"
                + " panacea finetune classify --out " + out + " --seeds 0,1 --resume");
        assertThat(run.checkpoints().getLast().getFileName().toString()).endsWith("-step-" + step + ".safetensors");
        assertThat(out.resolve("seed-1")).doesNotExist();
        finish(run, run.folder());
    }

    /** Waits until so many steps are in the log. */
    private static void untilLogged(SmallRun run, int steps, Process process) throws Exception {
        while (run.steps().size() < steps) {
            assertThat(process.waitFor(5, TimeUnit.MILLISECONDS)).as("ended by itself").isFalse();
        }
    }

    /** Goes on to the end, and finds the same bytes there, and each step once in the log. */
    private static void finish(SmallRun run, Path out) throws IOException {
        Outcome outcome = SmallRun.finetune("classify", out, List.of("--cache", "off"), "--resume");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(Files.mismatch(run.checkpoints().getLast(), whole.checkpoints().getLast())).isEqualTo(-1);
        assertThat(run.bytes("result.json")).isEqualTo(whole.bytes("result.json"));
        assertThat(run.bytes("predictions.csv")).isEqualTo(whole.bytes("predictions.csv"));
        assertThat(run.steps()).isEqualTo(LongStream.range(0, STEPS).boxed().toList());
        assertThat(run.checkpoints()).allMatch(file -> file.toString().endsWith(".safetensors"));
    }

    private static Process start(Path out, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
                "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData", "-XX:+UseSerialGC",
                "-Dpanacea.threads=1", "-cp", System.getProperty("java.class.path"), Main.class.getName(), "finetune",
                "classify", "--no-report", "--out", out.toString()));
        command.addAll(SmallRun.with(SmallRun.TINY, options.toArray(String[]::new)));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }
}
