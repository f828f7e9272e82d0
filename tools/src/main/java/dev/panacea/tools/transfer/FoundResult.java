package dev.panacea.tools.transfer;

import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The result of a run, and where it was found.
 *
 * @param file a {@code result.json}
 * @param result what it says
 */
record FoundResult(Path file, TransferResult result) {
    private static final int DEPTH = 8; // folders below one that was named

    /**
     * The results in some folders and those below, in the order of the folders, then of names. Links below are not
     * followed, and what is found twice counts once.
     *
     * @throws DataException if there is none, or one cannot be read
     */
    static List<FoundResult> below(List<Path> folders) {
        List<FoundResult> found = new ArrayList<>();
        Set<Path> seen = new LinkedHashSet<>();
        for (Path folder : folders) {
            for (Path file : files(folder)) {
                if (seen.add(file)) {
                    found.add(new FoundResult(file, TransferResult.read(file)));
                }
            }
        }
        if (found.isEmpty()) {
            throw new DataException("table: no " + TransferResult.FILE + " in " + folders
                    + " (name folders in which runs of finetune have ended)");
        }
        return found;
    }

    private static List<Path> files(Path folder) {
        if (!Files.exists(folder)) {
            throw new DataException("table: " + folder + ": no such file or folder (name folders of runs)");
        }
        try (Stream<Path> all = Files.walk(folder.toRealPath(), DEPTH)) {
            return all.filter(file -> file.endsWith(TransferResult.FILE)
                    && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
            throw new DataException("table: " + folder + ": cannot be searched: " + cause.getClass().getSimpleName()
                    + ": " + DataException.shown(String.valueOf(cause.getMessage())) + " (check its permissions)", e);
        }
    }

    /** The number of a run that a table is about: the one of a name, or null for the one it is reported by. */
    ResultTable.Column column(String number) {
        return new ResultTable.Column(result.kind(), result.task(), result.split(), result.trainExamples(),
                number == null ? result.primary() : number, result.lowerIsBetter());
    }

    ResultTable.Row row() {
        return new ResultTable.Row(result.model(), result.method());
    }

    /** All that tells runs apart, as errors say it. */
    String name() {
        return "%s, %s, %s %s, %d examples, %s, seed %d".formatted(result.method(), result.model(), result.kind(),
                result.task(), result.trainExamples(), result.split(), result.seed());
    }
}
