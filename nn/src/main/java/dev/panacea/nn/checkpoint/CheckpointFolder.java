package dev.panacea.nn.checkpoint;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.ConfigException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
 * folder.latest().ifPresent(saved -> saved.restore(state));
 * folder.save(state, progress);
 * }</pre>
 *
 * <p>However a save ends, even by the death of the process or of the machine, the checkpoints before it are as they
 * were, and a file of that form of name is whole.
 */
public final class CheckpointFolder {
    private static final Pattern FILE = Pattern.compile("(\\d{5,12})-step-\\d+\\.safetensors");
    private static final Pattern LEFTOVER = Pattern.compile("\\." + FILE + "\\.(\\d{1,12})-[0-9a-f]+\\.partial");

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
        removeLeftovers();
        List<Path> before = files();
        long number = before.isEmpty() ? 1 : number(before.getFirst()) + 1;
        Path path = folder.resolve(String.format("%05d-step-%d.safetensors", number, progress.position().step()));
        Checkpoint.save(path, state, progress);
        Checkpoint.open(path).close();
        removeOld();
        return path;
    }

    /** All checkpoints, the last one first. */
    public List<Path> files() {
        return list(FILE).sorted(Comparator.comparingLong(CheckpointFolder::number).reversed()).toList();
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

    /** Of equally good ones the older, so that it stays where it is. */
    private Optional<Path> bestFile() {
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

    /** Removes what saves left that were killed: partial files of checkpoints whose process is gone. */
    private void removeLeftovers() {
        list(LEFTOVER).filter(CheckpointFolder::isAbandoned).forEach(CheckpointFolder::remove);
    }

    private static boolean isAbandoned(Path partial) {
        Matcher matcher = LEFTOVER.matcher(partial.getFileName().toString());
        Optional<ProcessHandle> process = matcher.matches() ? ProcessHandle.of(Long.parseLong(matcher.group(2)))
                : Optional.empty();
        try {
            Instant written = Files.getLastModifiedTime(partial).toInstant();
            // A process that began after the file was written has the number of the one that wrote it.
            return process.isEmpty()
                    || process.get().info().startInstant().map(start -> start.isAfter(written)).orElse(false);
        } catch (IOException e) {
            return false;
        }
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

    private Stream<Path> list(Pattern form) {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> form.matcher(path.getFileName().toString()).matches()
                    && Files.isRegularFile(path)).toList().stream();
        } catch (IOException e) {
            throw failed("cannot be read", e);
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
