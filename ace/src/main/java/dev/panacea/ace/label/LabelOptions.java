package dev.panacea.ace.label;

import java.util.List;

/**
 * How labels are read.
 *
 * @param seed of the splits that a set does not have
 * @param columns of a table of the user's own that are labels; empty for all that have no other meaning
 */
public record LabelOptions(long seed, List<String> columns) {
    /** Copies the list. */
    public LabelOptions {
        columns = List.copyOf(columns);
    }

    /** Seed 0, all columns. */
    public static LabelOptions usual() {
        return new LabelOptions(0, List.of());
    }
}
