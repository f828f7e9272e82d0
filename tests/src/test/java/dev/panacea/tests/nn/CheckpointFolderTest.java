package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.CheckpointFolder;
import dev.panacea.nn.checkpoint.Metric;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.nn.checkpoint.RunState;
import dev.panacea.tensor.MemoryScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last few and the best stay; nothing else in the folder is touched. */
class CheckpointFolderTest {
    @TempDir
    private Path temporary;

    private MemoryScope scope;
    private Path folder;
    private RunState state;

    @BeforeEach
    void open() {
        scope = MemoryScope.open("test");
        folder = temporary.resolve("run/checkpoints");
        Parameters all = Parameters.of(1);
        all.make("weight", Initial.TRANSFORMER, 30, 10);
        state = new RunState().model("student", all.all());
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private void save(CheckpointFolder checkpoints, long step, double metric) {
        checkpoints.save(state, new Progress(new Position(1, step, 0, 0), Map.of(), List.of(), metric));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static long step(Checkpoint checkpoint) {
        try (checkpoint) {
            return checkpoint.progress().position().step();
        }
    }

    @Test
    void theLastAndTheBestStay() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2, Metric.LOWER_IS_BETTER);
        assertThat(checkpoints.files()).isEmpty();
        assertThat(checkpoints.latest()).isEmpty();
        assertThat(checkpoints.best()).isEmpty();
        double[] losses = {Double.NaN, 0.9, 0.5, 0.7, 0.5, 0.6, Double.NaN};
        for (int i = 0; i < losses.length; i++) {
            save(checkpoints, 100 * i, losses[i]);
        }
        assertThat(names()).containsExactly("00003-step-200.safetensors", "00006-step-500.safetensors",
                "00007-step-600.safetensors");
        assertThat(checkpoints.files()).extracting(path -> path.getFileName().toString()).containsExactly(
                "00007-step-600.safetensors", "00006-step-500.safetensors", "00003-step-200.safetensors");
        assertThat(step(checkpoints.latest().orElseThrow())).isEqualTo(600);
        assertThat(step(checkpoints.best().orElseThrow())).isEqualTo(200);

        CheckpointFolder other = new CheckpointFolder(folder, 1, Metric.HIGHER_IS_BETTER);
        save(other, 700, 0.55);
        assertThat(names()).containsExactly("00006-step-500.safetensors", "00008-step-700.safetensors");
        assertThat(step(other.best().orElseThrow())).isEqualTo(500);
    }

    /** A run that goes on from an earlier step is newer than what lies ahead of it. */
    @Test
    void theLatestIsTheOneSavedLast() {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2, Metric.LOWER_IS_BETTER);
        save(checkpoints, 900, Double.NaN);
        save(checkpoints, 950, Double.NaN);
        save(checkpoints, 910, Double.NaN);
        assertThat(step(checkpoints.latest().orElseThrow())).isEqualTo(910);
    }

    @Test
    void aDamagedOneIsNamedAndAnIntactOneOffered() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 3, Metric.LOWER_IS_BETTER);
        for (int step = 1; step <= 3; step++) {
            save(checkpoints, step, step);
        }
        List<Path> files = checkpoints.files();
        damage(files.get(0));
        String refusal = "checkpoint " + files.get(0) + ": bytes differ from their checksum: [0-9a-f]{8}, "
                + "checksum [0-9a-f]{8} \\(damaged: take another copy\\); ";
        assertThatThrownBy(checkpoints::latest).isInstanceOf(CheckpointException.class)
                .hasMessageMatching(refusal + files.get(1) + " is intact");
        damage(files.get(1));
        assertThatThrownBy(checkpoints::latest).hasMessageMatching(refusal + files.get(2) + " is intact");
        assertThat(step(checkpoints.best().orElseThrow())).isEqualTo(1);
        Files.write(files.get(2), new byte[0]);
        assertThatThrownBy(checkpoints::latest)
                .hasMessageMatching(refusal + "no other checkpoint there is intact");
        save(checkpoints, 4, 4);
        assertThat(step(checkpoints.latest().orElseThrow())).isEqualTo(4);
    }

    private static void damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 50] ^= 4;
        Files.write(file, bytes);
    }

    @Test
    void whatIsNotItsOwnIsNotTouched() throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("00001-step-1.safetensors")); // a folder
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        long gone = process.pid();
        long alive = ProcessHandle.current().pid();
        List<String> others = List.of("notes.txt", "00001-step-1.safetensors.partial", "weights.safetensors",
                ".weights.safetensors." + gone + "-1a.partial", "1-step-1.safetensors",
                ".00009-step-9.safetensors." + alive + "-1a.partial", "00001-step-1.pth");
        for (String name : others) {
            Files.writeString(folder.resolve(name), "mine");
        }
        Files.writeString(folder.resolve(".00009-step-9.safetensors." + gone + "-1a.partial"), "half");
        Path before = folder.resolve(".00008-step-8.safetensors." + alive + "-2b.partial"); // of an earlier process
        Files.writeString(before, "half");
        Files.setLastModifiedTime(before, FileTime.from(Instant.now().minusSeconds(1_000_000)));
        save(new CheckpointFolder(folder, 1, Metric.LOWER_IS_BETTER), 5, 1);
        assertThat(names()).hasSize(others.size() + 2).containsAll(others)
                .contains("00001-step-1.safetensors", "00001-step-5.safetensors");
    }

    @Test
    void whereItCannotWriteIsToldInOneLine() throws IOException {
        Files.createDirectories(folder.getParent());
        Files.writeString(folder, "a file");
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 1, Metric.LOWER_IS_BETTER);
        assertThatThrownBy(() -> save(checkpoints, 1, 1)).isInstanceOf(CheckpointException.class)
                .hasMessage("checkpoints " + folder
                        + ": folder cannot be made: a file is in its place (check the path and its permissions)");
        assertThat(folder).hasContent("a file");
        assertThatThrownBy(() -> new CheckpointFolder(folder, 0, Metric.LOWER_IS_BETTER))
                .isInstanceOf(ConfigException.class)
                .hasMessage("checkpoints " + folder + ": number to keep out of range: 0 (need 1 or more)");
    }
}
