package dev.panacea.nn.weight;

import dev.panacea.tensor.DataException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a load of weights did.
 *
 * @param where the file
 * @param naming whose names it has
 * @param prefix what stands before them
 * @param backbone how much of the backbone was filled
 * @param matched the parameters that were filled, of heads too
 * @param reshaped those of them whose shape was another, with both shapes
 * @param missing the parameters that the file does not have and that stay as they were
 * @param unexpected names of the file that are a backbone's, but not this one's
 * @param aside names of the file that were not asked for: heads that the model does not have or has in another shape,
 *     other models, an optimiser's state
 * @param ignored names of the file that hold no weights, but what follows from the model's sizes
 */
public record LoadReport(String where, Naming naming, String prefix, Coverage backbone, List<String> matched,
        List<String> reshaped, List<String> missing, List<String> unexpected, List<String> aside,
        List<String> ignored) {
    private static final int SHOWN = 3;

    /** Takes its own copies. */
    public LoadReport {
        matched = List.copyOf(matched);
        reshaped = List.copyOf(reshaped);
        missing = List.copyOf(missing);
        unexpected = List.copyOf(unexpected);
        aside = List.copyOf(aside);
        ignored = List.copyOf(ignored);
    }

    /**
     * How much of a backbone two sides share.
     *
     * @param tensors parameters that both have
     * @param elements their elements
     * @param allTensors parameters that at least one has
     * @param allElements their elements
     */
    public record Coverage(int tensors, long elements, int allTensors, long allElements) {
        /** The share of the tensors or of the elements, whichever is smaller, 0 to 1. */
        public double share() {
            return Math.min(share(tensors, allTensors), share(elements, allElements));
        }

        private static double share(long some, long all) {
            return all == 0 ? 0 : (double) some / all;
        }
    }

    /** A few lines for people. */
    public String text() {
        StringBuilder text = new StringBuilder(where).append(": names of ").append(naming.title());
        if (!prefix.isEmpty()) {
            text.append(" below ").append(DataException.shown(prefix));
        }
        text.append("\n  backbone    %d of %d tensors, %d of %d elements".formatted(backbone.tensors(),
                backbone.allTensors(), backbone.elements(), backbone.allElements()));
        line(text, "reshaped", reshaped);
        line(text, "missing", missing);
        line(text, "unexpected", plain(unexpected));
        line(text, "left aside", plain(aside));
        line(text, "ignored", plain(ignored));
        return text.append('\n').toString();
    }

    private static void line(StringBuilder text, String title, List<String> names) {
        if (!names.isEmpty()) {
            text.append("\n  %-11s %d: %s".formatted(title, names.size(), some(names)));
        }
    }

    /** The first few names and how many more there are. */
    private static String some(List<String> names) {
        return names.stream().limit(SHOWN).collect(Collectors.joining(", "))
                + (names.size() > SHOWN ? ", " + (names.size() - SHOWN) + " more" : "");
    }

    private static List<String> plain(List<String> names) {
        return names.stream().map(LoadReport::plain).toList();
    }

    /** A name from a file as it is, or in quotes and made harmless where it is no usual one. */
    static String plain(String name) {
        return name.matches("[\\w.-]{1,100}") ? name : DataException.shown(name);
    }
}
