package dev.panacea.tools.pretrain;

import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.run.PretrainRun;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.nn.CheckpointException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Runs some steps at one go, and the same steps through a save and a load: all bytes must be equal. */
record ResumeCheck(PretrainConfig config, PictureSource source, LoadLimits limits, int steps) {
    void run(PrintWriter out) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("panacea-resume");
            Path whole = steps(folder.resolve("whole"), 2 * steps);
            steps(folder.resolve("parts"), steps);
            Path parts = steps(folder.resolve("parts"), 2 * steps);
            long different = Files.mismatch(whole, parts);
            if (different >= 0) {
                throw new CheckpointException("pretrain: a resumed run differs from one that ran through: byte "
                        + different + " of " + Files.size(whole) + " (report it with the configuration)");
            }
            out.printf("%d steps, and %d, save, load, %d: all %d bytes of both checkpoints are equal%n", 2 * steps,
                    steps, steps, Files.size(whole));
            out.flush();
        } catch (IOException e) {
            throw new DataException("pretrain: checkpoints cannot be compared: " + e.getMessage()
                    + " (check the space left for temporary files)", e);
        } finally {
            remove(folder);
        }
    }

    private Path steps(Path folder, int until) throws IOException {
        Files.createDirectories(folder);
        try (MemoryScope _ = MemoryScope.open("check");
                PretrainRun run = PretrainRun.open(config, source, folder, limits)) {
            while (run.step() < Math.min(until, run.steps())) {
                run.next();
            }
            return run.save();
        }
    }

    private static void remove(Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException _) {
            // a temporary folder: the system removes it
        }
    }
}
