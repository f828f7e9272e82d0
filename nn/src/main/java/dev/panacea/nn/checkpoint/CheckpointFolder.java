package dev.panacea.nn.checkpoint;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.io.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of one run, in a folder of its own: the last few and the best. Files are numbered in the order in
 * which they were saved: {@code 00012-step-6000.safetensors}.
 *
 * <pre>{@code
 * CheckpointFolder folder = new CheckpointFolder(path, 3, Metric.LOWER_IS_BETTER);
 * Optional<Progress> progress = folder.resume(state);
 * folder.save(state, new Progress(position, texts, history, loss));
 * }</pre>
 *
 * <p>However a save ends, even by the death of the process or of the machine, the checkpoints before it are as they
 * were, and a file of that form of name is whole.
 */
public final class CheckpointFolder {
    private static final Pattern FILE = Pattern.compile("(\\d{5,12})-step-\\d+\\.safetensors");

    private final Path folder;
    private final int last;
    private final Metric metric;

    /**
     * The checkpoints in this folder, which the first save makes where it does not exist.
     *
     * @param last how many of the last checkpoints are kept, 1 or more; the best is kept besides
     * @param metric which is the best
     * @throws ConfigException if {@code last} is not positive
     */
    public CheckpointFolder(Path folder, int last, Metric metric) {
        if (last < 1) {
            throw new ConfigException("checkpoints " + folder + ": number to keep out of range: " + last
                    + " (need 1 or more)");
        }
        this.folder = folder;
        this.last = last;
        this.metric = metric;
    }

    /**
     * Saves, reads back what was written, and only then removes the checkpoints that are neither among the last nor the
     * best, and what a save left that was killed.
     *
     * @return the file
     * @throws CheckpointException if it cannot be written; the checkpoints before it are as they were
     */
    public synchronized Path save(RunState state, Progress progress) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw failed("cannot be made", e);
        }
        AtomicFile.removeLeftovers(folder, FILE.asMatchPredicate());
        List<Path> before = files();
        long number = before.isEmpty() ? 1 : number(before.getFirst()) + 1;
        Path path = folder.resolve(String.format("%05d-step-%d.safetensors", number, progress.position().step()));
        Checkpoint.save(path, state, progress);
        Checkpoint.open(path).close();
        removeOld();
        return path;
    }

    /**
     * All checkpoints, the last one first.
     *
     * @throws CheckpointException if the folder cannot be read
     */
    public List<Path> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> FILE.matcher(path.getFileName().toString()).matches()
                    && Files.isRegularFile(path))
                    .sorted(Comparator.comparingLong(CheckpointFolder::number).reversed()).toList();
        } catch (IOException e) {
            throw failed("cannot be read", e);
        } catch (UncheckedIOException e) {
            throw failed("cannot be read", e.getCause());
        }
    }

    /**
     * Goes on from the last checkpoint: models and optimisers are put where they were.
     *
     * @return where the run stood, or empty where there is no checkpoint
     * @throws CheckpointException if it is damaged, and the message names the last one that is not; or if it does not
     *     fit, and nothing is changed then
     */
    public Optional<Progress> resume(RunState state) {
        Optional<Checkpoint> latest = latest();
        if (latest.isEmpty()) {
            return Optional.empty();
        }
        try (Checkpoint checkpoint = latest.get()) {
            checkpoint.restore(state);
            return Optional.of(checkpoint.progress());
        }
    }

    /**
     * Opens the last checkpoint, for the caller to close; empty where there is none.
     *
     * @throws CheckpointException if it is damaged; the message names the last one that is not
     */
    public Optional<Checkpoint> latest() {
        return files().stream().findFirst().map(this::open);
    }

    /**
     * Opens the checkpoint with the best metric, for the caller to close; empty where there is none with a metric.
     *
     * @throws CheckpointException if it is damaged; the message names the last one that is not
     */
    public Optional<Checkpoint> best() {
        return bestFile().map(this::open);
    }

    private Checkpoint open(Path path) {
        try {
            return Checkpoint.open(path);
        } catch (CheckpointException e) {
            String other = files().stream().filter(file -> !file.equals(path) && isIntact(file)).findFirst()
                    .map(file -> "; " + file + " is intact").orElse("; no other checkpoint there is intact");
            throw new CheckpointException(e.getMessage() + other, e);
        }
    }

    private static boolean isIntact(Path path) {
        try (Checkpoint _ = Checkpoint.open(path)) {
            return true;
        } catch (CheckpointException e) {
            return false;
        }
    }

    /**
     * The checkpoint with the best metric, of equally good ones the older, so that it stays where it is; empty where
     * there is none with a metric.
     */
    public Optional<Path> bestFile() {
        Path best = null;
        double value = Double.NaN;
        for (Path path : files().reversed()) {
            double other = Checkpoint.metric(path);
            if (metric.isBetter(other, value)) {
                best = path;
                value = other;
            }
        }
        return Optional.ofNullable(best);
    }

    private void removeOld() {
        List<Path> files = files();
        Set<Path> kept = new LinkedHashSet<>(files.subList(0, Math.min(last, files.size())));
        bestFile().ifPresent(kept::add);
        files.stream().filter(file -> !kept.contains(file)).forEach(CheckpointFolder::remove);
    }

    /** What cannot be removed now is tried again by the next save: no reason for a run to stop. */
    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.getLogger(CheckpointFolder.class.getName()).log(System.Logger.Level.WARNING,
                    "checkpoint " + file + ": cannot be removed: " + e.getMessage());
        }
    }

    private CheckpointException failed(String what, IOException e) {
        String reason = switch (e) {
            case FileAlreadyExistsException _ -> "a file is in its place";
            case AccessDeniedException _ -> "access denied";
            default -> String.valueOf(e.getMessage());
        };
        return new CheckpointException("checkpoints " + folder + ": folder " + what + ": " + reason
                + " (check the path and its permissions)", e);
    }

    private static long number(Path file) {
        Matcher matcher = FILE.matcher(file.getFileName().toString());
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
