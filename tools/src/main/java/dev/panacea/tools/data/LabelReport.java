package dev.panacea.tools.data;

import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.label.Labelled;
import dev.panacea.ace.label.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** What the lists of a data set say, counted by label and split. */
final class LabelReport {
    private static final int LINES = 10; // of missing pictures

    private final LabelSet set;

    LabelReport(LabelSet set) {
        this.set = set;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("%s: %d pictures, %d more are listed and missing".formatted(set.name(), set.pictures().size(),
                set.missing().size()));
        lines.add("");
        lines.add("%-30s %8s %10s %8s".formatted("", "train", "validation", "test"));
        lines.add(row("pictures", split -> set.of(split).size()));
        lines.add(row("patients", split -> set.of(split).stream().map(Labelled::patient).distinct().count()));
        for (int i = 0; i < set.labels().size(); i++) {
            int label = i;
            lines.add(row(set.labels().get(i), split -> set.count(label, split)));
        }
        if (!set.missing().isEmpty()) {
            lines.add("");
            lines.add("missing");
            set.missing().stream().limit(LINES).forEach(line -> lines.add("  " + line));
            if (set.missing().size() > LINES) {
                lines.add("  and " + (set.missing().size() - LINES) + " more");
            }
        }
        return lines;
    }

    private static String row(String name, ToLongFunction<Split> count) {
        return "%-30s %8d %10d %8d".formatted(name, count.applyAsLong(Split.TRAIN),
                count.applyAsLong(Split.VALIDATION), count.applyAsLong(Split.TEST));
    }
}
