package dev.panacea.tools.transfer;

import dev.panacea.ace.data.Reduction;
import dev.panacea.ace.example.DrawnTask;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.label.LabelOptions;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.label.LabelTask;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.nn.ConfigException;
import dev.panacea.tools.CacheOption;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Which pictures with labels there are.
 *
 * @param data the folder of a data set; empty for drawn X-rays
 * @param task a data set that is known, see {@link LabelTask}; empty or {@code lesions} for drawn X-rays
 * @param columns of a table of the user's own that are labels; empty for all
 * @param labels that are used; empty for all
 * @param incomplete whether pictures that lists name may be missing
 * @param splitSeed what splits come from that a set does not have, and the first drawn patient
 * @param train how many are drawn to train on
 * @param validation how many are drawn for validation
 * @param test how many are drawn to test on
 * @param pixels side of drawn ones
 */
public record ExampleChoice(String data, String task, List<String> columns, List<String> labels, boolean incomplete,
        long splitSeed, int train, int validation, int test, int pixels) {
    /** A task of drawn X-rays alone: masks of findings, in place of organs. */
    static final String LESIONS = "lesions";

    /**
     * Copies the lists.
     *
     * @throws ConfigException if there is a folder without a task, or a task without a folder
     */
    public ExampleChoice {
        columns = List.copyOf(columns);
        labels = List.copyOf(labels);
        if (data.isEmpty() != (task.isEmpty() || task.equals(LESIONS))) {
            throw new ConfigException(data.isEmpty() ? "--task " + task + ": no folder (need --data DIR, where the data"
                    + " set is)" : "--data " + data + ": no task (need --task NAME, which data set it is)");
        }
    }

    /** Some drawn X-rays of 224 pixels. */
    public static ExampleChoice drawn() {
        return new ExampleChoice("", "", List.of(), List.of(), false, 0, 256, 48, 96, 224);
    }

    /** What they are, in words. */
    public String text() {
        return data.isEmpty() ? "drawn X-rays" : task + " in " + data;
    }

    /**
     * Reads the lists of the set.
     *
     * @param open gives the pictures of files; a cache may stand between
     * @param say told what is missing, where that is allowed
     * @throws ConfigException if there is no such folder or task, or the set is not for this kind
     * @throws dev.panacea.tensor.DataException if a list is missing or breaks its format, splits overlap, or a picture
     *     is missing
     */
    public ExampleSet read(TransferKind kind, Function<List<Path>, PictureSource> open, Consumer<String> say) {
        ExampleSet all = all(kind, open, say);
        return labels.isEmpty() ? all : all.withLabels(labels);
    }

    /** The same by way of a cache of reduced pictures, where there can be one; what there is to say goes to a writer. */
    ExampleSet read(TransferKind kind, CacheOption cache, Reduction reduction, PrintWriter err) {
        Consumer<String> say = line -> {
            err.println(line);
            err.flush();
        };
        return read(kind, files -> cache.source(files, List.of(data), reduction, say), say);
    }

    private ExampleSet all(TransferKind kind, Function<List<Path>, PictureSource> open, Consumer<String> say) {
        if (data.isEmpty()) {
            return ExampleSet.drawn(drawn(kind), train, validation, test, pixels, splitSeed);
        }
        LabelSet set = lists(say);
        if (!fits(kind, set)) {
            List<String> others = Arrays.stream(TransferKind.values()).filter(other -> fits(other, set))
                    .map(TransferKind::label).toList();
            throw new ConfigException("--task " + task + ": no " + needed(kind) + " in " + data + " ("
                    + (others.isEmpty() ? "need labels, masks or points" : "they are for: panacea finetune "
                            + String.join(" or ", others)) + ")");
        }
        return ExampleSet.files(set, open);
    }

    private DrawnTask drawn(TransferKind kind) {
        return switch (kind) {
            case CLASSIFY -> DrawnTask.FINDINGS;
            case SEGMENT -> task.equals(LESIONS) ? DrawnTask.LESIONS : DrawnTask.ORGANS;
            case KEYPOINTS -> DrawnTask.LANDMARKS;
        };
    }

    private static String needed(TransferKind kind) {
        return switch (kind) {
            case CLASSIFY -> "labels that some pictures have and others lack";
            case SEGMENT -> "masks";
            case KEYPOINTS -> "key points";
        };
    }

    private static boolean fits(TransferKind kind, LabelSet set) {
        return switch (kind) {
            case CLASSIFY -> set.kind() != LabelSet.Kind.MARKS || set.differs();
            case SEGMENT -> set.hasMasks();
            case KEYPOINTS -> set.hasPoints();
        };
    }

    /** The lists of a set alone. */
    LabelSet lists(Consumer<String> say) {
        if (!Files.isDirectory(Path.of(data))) {
            throw new ConfigException("--data " + data + ": no such folder (check the path)");
        }
        LabelSet set = LabelTask.named(task).read(Path.of(data), new LabelOptions(splitSeed, columns));
        if (!incomplete) {
            return set.complete();
        }
        if (!set.missing().isEmpty()) {
            say.accept("left out: " + count(set.missing().size()) + " listed and not there: the first "
                    + set.missing().getFirst());
        }
        return set;
    }

    private static String count(int pictures) {
        return pictures == 1 ? "1 picture that is" : pictures + " pictures that are";
    }
}
