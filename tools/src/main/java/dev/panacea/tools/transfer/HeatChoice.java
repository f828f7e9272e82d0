package dev.panacea.tools.transfer;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Spelling;
import dev.panacea.tensor.DataException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The labels of which heat maps are drawn.
 *
 * @param best whether of the most probable label of each picture
 * @param labels numbers of others
 */
record HeatChoice(boolean best, List<Integer> labels) {
    private static final String BEST = "best";
    private static final String ALL = "all";

    /** None of them. */
    static final HeatChoice NONE = new HeatChoice(false, List.of());

    /**
     * What a person names: labels, {@code best} or {@code all}.
     *
     * @throws ConfigException if there is no such label
     */
    static HeatChoice named(List<String> names, List<String> labels) {
        Set<Integer> chosen = new TreeSet<>();
        boolean best = false;
        for (String name : names) {
            if (labels.contains(name)) {
                chosen.add(labels.indexOf(name));
            } else if (name.equals(BEST)) {
                best = true;
            } else if (name.equals(ALL)) {
                IntStream.range(0, labels.size()).forEach(chosen::add);
            } else {
                throw new ConfigException("--heat " + DataException.shown(name) + ": no such label ("
                        + Spelling.nearest(name, labels).map(label -> "is it " + label + "?")
                        .orElse("need best, all, or one of: " + String.join(", ", labels)) + ")");
            }
        }
        return new HeatChoice(best, List.copyOf(chosen));
    }

    boolean isNone() {
        return !best && labels.isEmpty();
    }

    /** The labels for a picture. */
    List<Integer> of(int mostProbable) {
        Set<Integer> all = new TreeSet<>(labels);
        if (best) {
            all.add(mostProbable);
        }
        return List.copyOf(all);
    }
}
