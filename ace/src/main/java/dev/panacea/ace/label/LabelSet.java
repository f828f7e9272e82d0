package dev.panacea.ace.label;

import dev.panacea.tensor.DataException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A data set: its labels, and its pictures in the order of its lists.
 *
 * @param name what it is called
 * @param kind what its targets say
 * @param labels the names of its labels
 * @param frame the size that marks are measured in; empty where it is each picture's own
 * @param pictures those that are there
 * @param missing one line for each that is listed and not there: list, row, name
 */
public record LabelSet(String name, Kind kind, List<String> labels, Optional<Frame> frame, List<Labelled> pictures,
        List<String> missing) {
    /** What targets say. */
    public enum Kind {
        /** Each label may be true of a picture, or not, whatever the others. */
        ANY,
        /** One label is true of each picture. */
        ONE,
        /** Nothing: what counts are the marks. */
        MARKS
    }

    /** Copies the lists. */
    public LabelSet {
        labels = List.copyOf(labels);
        pictures = List.copyOf(pictures);
        missing = List.copyOf(missing);
    }

    /** The pictures of a split. */
    public List<Labelled> of(Split split) {
        return pictures.stream().filter(picture -> picture.split() == split).toList();
    }

    /** In how many pictures of a split a label is true, or marked where targets say nothing. */
    public long count(int label, Split split) {
        return of(split).stream().filter(picture -> kind == Kind.MARKS
                ? picture.marks().stream().anyMatch(mark -> mark.label() == label)
                : picture.targets()[label] == 1).count();
    }

    /** Whether any picture has a mark that makes a mask. */
    public boolean hasMasks() {
        return pictures.stream().anyMatch(picture -> picture.marks().stream().anyMatch(this::isMask));
    }

    /** Boxes only say where to look for what the targets of a set of classes tell already. */
    private boolean isMask(Mark mark) {
        return switch (mark) {
            case Mark.Spot _ -> false;
            case Mark.Rectangle _ -> kind == Kind.MARKS;
            case Mark.Outline _, Mark.Runs _, Mark.MaskFile _ -> true;
        };
    }

    /** Whether any picture has a key point. */
    public boolean hasPoints() {
        return pictures.stream().anyMatch(picture -> picture.marks().stream().anyMatch(Mark.Spot.class::isInstance));
    }

    /** Whether some pictures have a label, or a mark of it where targets say nothing, that others lack. */
    public boolean differs() {
        return IntStream.range(0, labels.size()).anyMatch(label -> {
            long count = Arrays.stream(Split.values()).mapToLong(split -> count(label, split)).sum();
            return count > 0 && count < pictures.size();
        });
    }

    /**
     * The same set, if every picture that is listed is there.
     *
     * @throws DataException naming list and row of the first that is not
     */
    public LabelSet complete() {
        if (!missing.isEmpty()) {
            throw new DataException(missing.getFirst() + (missing.size() == 1 ? "" : ", and " + (missing.size() - 1)
                    + " more") + " (add the pictures, or allow that some are missing)");
        }
        return this;
    }
}
