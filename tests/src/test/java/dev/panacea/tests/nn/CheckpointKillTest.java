package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.nn.Parameter;
import dev.panacea.nn.checkpoint.CheckpointFolder;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.nn.checkpoint.RunState;
import dev.panacea.tensor.MemoryScope;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Processes that die while they save. */
class CheckpointKillTest {
    private static final int KILLS = 30;
    private static final int ROWS = 128;

    @TempDir
    private Path temporary;

    /** Killed at random moments, again and again in one folder: the latest checkpoint is whole, and never older. */
    @Test
    void aKilledRunGoesOnFromItsLatestCheckpoint(TestReporter reporter) throws Exception {
        Path path = temporary.resolve("run");
        SplittableRandom random = new SplittableRandom(7);
        CheckpointFolder folder = CheckpointLoop.folder(path);
        long last = 0;
        int partial = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = java(List.of(), path, ROWS);
            long told;
            try (BufferedReader lines = process.inputReader()) {
                told = Long.parseLong(lines.readLine());
                Thread.sleep(random.nextInt(60));
                process.toHandle().destroyForcibly(); // leaves the stream open
                String line;
                while ((line = lines.readLine()) != null) {
                    told = Long.parseLong(line);
                }
            }
            process.waitFor();
            partial += files(path, ".*\\.partial").isEmpty() ? 0 : 1;
            assertThat(files(path, ".*\\.safetensors")).hasSizeBetween(1, CheckpointLoop.KEPT + 1);
            try (MemoryScope _ = MemoryScope.open("kill")) {
                Parameter weight = CheckpointLoop.weight(ROWS);
                long step = CheckpointLoop.restored(folder, CheckpointLoop.state(weight));
                assertThat(step).as("kill %d", kill).isGreaterThanOrEqualTo(Math.max(told, last + 1));
                assertThat(weight.value().toDoubles()).containsOnly(step);
                last = step;
            }
        }
        reporter.publishEntry("killed", KILLS + " times, " + partial + " of them inside a write, in " + last
                + " saves");
        try (MemoryScope _ = MemoryScope.open("clean")) {
            RunState state = CheckpointLoop.state(CheckpointLoop.weight(ROWS));
            folder.save(state, new Progress(new Position(0, last + 1, 0, 0), Map.of(), List.of(), Double.NaN));
        }
        assertThat(files(path, ".*")).hasSize(CheckpointLoop.KEPT);
    }

    /** A limit on the size of files stands for a full disk: a write fails in the midst of the data. */
    @Test
    void aWriteThatFailsLeavesNothing() throws Exception {
        Path path = temporary.resolve("full");
        Process process = java(List.of("sh", "-c", "ulimit -f 64; exec \"$@\"", "sh"), path, ROWS);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(output).isEqualTo("checkpoint " + path.resolve("00001-step-1.safetensors")
                + ": cannot be written: File too large (check the path, its permissions and the space left)\n");
        assertThat(files(path, ".*")).isEmpty();
    }

    private static List<Path> files(Path folder, String form) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(form)).toList();
        }
    }

    private static Process java(List<String> before, Path folder, int rows) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dpanacea.threads=1",
                "-cp", System.getProperty("java.class.path"),
                CheckpointLoop.class.getName(), folder.toString(), Integer.toString(rows)));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }
}
