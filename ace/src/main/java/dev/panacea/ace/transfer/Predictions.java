package dev.panacea.ace.transfer;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.metric.Interval;
import dev.panacea.tensor.RandomSource;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What a network predicts of the pictures of a split, beside the truth. */
public sealed interface Predictions permits ClassPredictions, MaskPredictions, PointPredictions {
    /** Names of the pictures, in their order. */
    List<String> names();

    /** Names of the labels, in their order. */
    List<String> labels();

    /** Name of the number that runs are reported and chosen by, such as {@code mean AUC}. */
    String primary();

    /** Whether less is better: of errors, unlike shares. */
    boolean lowerIsBetter();

    /**
     * What measures some of the pictures, given their numbers: those given more than once count as often. It tells all
     * numbers by name, the primary among them, always in the same order; NaN where one cannot be measured. No mean
     * counts what could not be measured.
     */
    Function<int[], SequencedMap<String, Double>> measure();

    /** The primary number of all pictures; NaN where it cannot be measured. */
    default double score() {
        return measure().apply(IntStream.range(0, names().size()).toArray()).get(primary());
    }

    /**
     * All numbers, with 95 % intervals of the bootstrap over pictures.
     *
     * @param samples how often pictures are drawn; 1000 and more are usual
     * @param random where the draws come from
     */
    default SequencedMap<String, Interval> numbers(int samples, RandomSource random) {
        return Interval.all(names().size(), measure(), samples, random);
    }

    /** The table of {@link #write}: names of columns first, then a row for each picture. */
    List<List<String>> rows();

    /**
     * Writes a table, CSV, with a row for each picture.
     *
     * @param csv the file to write or replace; its folder must exist
     * @throws dev.panacea.tensor.DataException if it cannot be written
     */
    default void write(Path csv) {
        CsvRows.write(csv, "predictions", rows());
    }
}
