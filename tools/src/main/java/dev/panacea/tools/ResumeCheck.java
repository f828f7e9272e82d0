package dev.panacea.tools;

import dev.panacea.nn.CheckpointException;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Runs some steps at one go, and the same steps through a save and a load: all bytes must be equal.
 *
 * @param command whose runs they are, for errors
 * @param steps before the save, and after it
 */
public record ResumeCheck(String command, int steps) {
    /** A way of doing steps. */
    @FunctionalInterface
    public interface Way {
        /**
         * Goes on with the run in a folder, or begins one there, until so many steps are done, or all; and saves.
         *
         * @param folder which exists
         * @param until how many steps of the run
         */
        Reached steps(Path folder, long until);
    }

    /**
     * How far a run has come.
     *
     * @param checkpoint that was saved
     * @param step how many steps are done
     */
    public record Reached(Path checkpoint, long step) {}

    /**
     * Does the steps in temporary folders.
     *
     * @param out told that all bytes are equal
     * @throws CheckpointException if they are not
     * @throws DataException if checkpoints cannot be compared
     */
    public void run(Way way, PrintWriter out) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("panacea-resume");
            Path wholeFolder = Files.createDirectory(folder.resolve("whole"));
            Path partsFolder = Files.createDirectory(folder.resolve("parts"));
            Reached whole = way.steps(wholeFolder, 2L * steps);
            Reached part = way.steps(partsFolder, steps);
            Reached parts = way.steps(partsFolder, 2L * steps);
            long different = Files.mismatch(whole.checkpoint, parts.checkpoint);
            if (different >= 0) {
                throw new CheckpointException(command + ": a resumed run differs from one that ran through: byte "
                        + different + " of " + Files.size(whole.checkpoint) + " (report it with the configuration)");
            }
            out.printf("%d steps, and %d, save, load, %d: all %d bytes of both checkpoints are equal%n", whole.step,
                    part.step, parts.step - part.step, Files.size(whole.checkpoint));
            out.flush();
        } catch (IOException e) {
            throw new DataException(command + ": checkpoints cannot be compared: " + e.getMessage()
                    + " (check the space left for temporary files)", e);
        } finally {
            remove(folder);
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
