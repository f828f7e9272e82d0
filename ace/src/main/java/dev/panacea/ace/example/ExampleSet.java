package dev.panacea.ace.example;

import dev.panacea.ace.drawn.DrawnFilm;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.label.Split;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A data set in its three parts.
 *
 * @param name what it is called
 * @param kind what its targets say
 * @param labels the names of its labels
 * @param train what a model learns from
 * @param validation what choices are made by
 * @param test what is reported
 */
public record ExampleSet(String name, LabelSet.Kind kind, List<String> labels, Examples train, Examples validation,
        Examples test) {
    /** Copies the list. */
    public ExampleSet {
        labels = List.copyOf(labels);
    }

    /** One of the parts. */
    public Examples of(Split split) {
        return switch (split) {
            case TRAIN -> train;
            case VALIDATION -> validation;
            case TEST -> test;
        };
    }

    /** The three parts as one, in their order. */
    public Examples all() {
        return new JoinedExamples(List.of(train, validation, test));
    }

    /**
     * The pictures of a label set. Outlines, runs and files become masks, boxes only where the set is one of marks. A
     * picture that lacks one has an empty mask; where masks are files, labels without any in the whole set are left
     * out, since their masks were not downloaded.
     *
     * @param set whose files are there
     * @param open gives the pictures of files, all of the set's at once; a cache may stand between
     */
    public static ExampleSet files(LabelSet set, Function<List<Path>, PictureSource> open) {
        FileExamples all = new FileExamples(set, open);
        return new ExampleSet(set.name(), set.kind(), all.labels(), part(set, all, Split.TRAIN),
                part(set, all, Split.VALIDATION), part(set, all, Split.TEST));
    }

    private static Examples part(LabelSet set, Examples all, Split split) {
        return all.some(IntStream.range(0, all.size()).filter(i -> set.pictures().get(i).split() == split).toArray());
    }

    /**
     * Drawn X-rays, each of another patient: those for training come first, then validation, then test.
     *
     * @param task what is known of them
     * @param train how many for training
     * @param validation how many for validation
     * @param test how many for testing
     * @param pixels side of each
     * @param seed of the first patient
     * @throws ConfigException if a number is negative, there are too many, or the size is out of range
     */
    public static ExampleSet drawn(DrawnTask task, int train, int validation, int test, int pixels, long seed) {
        long count = (long) train + validation + test;
        if (train < 0 || validation < 0 || test < 0 || count > Integer.MAX_VALUE || pixels < DrawnFilm.LEAST_PIXELS
                || pixels > DrawnFilm.MOST_PIXELS) {
            throw new ConfigException("drawn examples: " + train + ", " + validation + " and " + test + " of " + pixels
                    + " pixels (need 0 or more, and " + DrawnFilm.LEAST_PIXELS + ".." + DrawnFilm.MOST_PIXELS
                    + " pixels)");
        }
        Examples all = new DrawnExamples(task, (int) count, pixels, seed);
        return new ExampleSet("drawn " + task.name().toLowerCase(Locale.ROOT), task.kind(), task.labels(),
                all.some(IntStream.range(0, train).toArray()),
                all.some(IntStream.range(train, train + validation).toArray()),
                all.some(IntStream.range(train + validation, (int) count).toArray()));
    }

    /**
     * The same with some of the labels, in the order in which they are named. Of classes of which one is true none can
     * be left out, since pictures would have none then.
     *
     * @throws ConfigException if there is no such label, one is named twice, or they are such classes
     */
    public ExampleSet withLabels(List<String> names) {
        if (kind == LabelSet.Kind.ONE) {
            throw new ConfigException("labels " + names + ": one of " + labels + " is true of each picture of " + name
                    + " (use all of them)");
        }
        int[] numbers = names.stream().mapToInt(label -> {
            if (!labels.contains(label)) {
                throw new ConfigException("label " + DataException.shown(label) + ": not among those of " + name
                        + " (need one of: " + String.join(", ", labels) + ")");
            }
            return labels.indexOf(label);
        }).toArray();
        if (numbers.length == 0 || Arrays.stream(numbers).distinct().count() < numbers.length) {
            throw new ConfigException("labels " + names + ": none, or one twice (name each once)");
        }
        return new ExampleSet(name, kind, names, new SomeLabels(train, numbers), new SomeLabels(validation, numbers),
                new SomeLabels(test, numbers));
    }

    /**
     * The same with so many of the training examples, or all where there are no more: chosen by chance, and in sets of
     * classes as balanced as can be. Without a label true at all counts as a class of its own.
     *
     * @throws ConfigException if the count is below 1
     */
    public ExampleSet withShots(int count, long seed) {
        if (count < 1) {
            throw new ConfigException("shots: " + count + " (need 1 or more)");
        }
        return with(FewExamples.of(train, count, kind, seed));
    }

    /**
     * The same with a share of the training examples, chosen by chance, and at least one.
     *
     * @throws ConfigException if the share is not in 0..1
     */
    public ExampleSet withShare(double share, long seed) {
        if (!(share > 0 && share <= 1)) {
            throw new ConfigException("share of the training examples: " + share + " (need more than 0, at most 1)");
        }
        return with(FewExamples.of(train, Math.max(1, (int) Math.rint(share * train.size())), LabelSet.Kind.MARKS,
                seed));
    }

    private ExampleSet with(Examples few) {
        return new ExampleSet(name, kind, labels, few, validation, test);
    }
}
