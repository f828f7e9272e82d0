package dev.panacea.ace.study;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What a study found out about one network.
 *
 * @param numbers by names that say their units, in the order of a table
 * @param plots the pictures
 */
public record StudyResult(SequencedMap<String, Double> numbers, List<Plot> plots) {
    /** Copies both. */
    public StudyResult {
        numbers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(numbers));
        plots = List.copyOf(plots);
    }
}
