package dev.panacea.tools.study;

import dev.panacea.ace.study.Plot;
import dev.panacea.ace.study.Study;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.ace.study.StudyResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;

/**
 * What one study found out about several networks.
 *
 * @param study what was asked
 * @param config how
 * @param results by the labels of the networks
 * @param refused what could not be asked, with reasons
 */
record StudyAnswers(Study study, StudyConfig config, Map<String, StudyResult> results, List<String> refused) {
    /** Names of all numbers, in the order in which they first occur. */
    SequencedSet<String> numbers() {
        SequencedSet<String> names = new LinkedHashSet<>();
        results.values().forEach(result -> names.addAll(result.numbers().keySet()));
        return names;
    }

    /** A number of a network as people read it; empty where it has none. */
    String shown(String label, String number) {
        Double value = results.containsKey(label) ? results.get(label).numbers().get(number) : null;
        if (value == null || value.isNaN()) {
            return value == null ? "" : "-";
        }
        boolean count = value == Math.rint(value) && value > 1 && value < 1e9;
        return count ? Long.toString(value.longValue()) : String.format(Locale.ROOT, "%.4f", value);
    }

    /** The figures: lines of all networks together, each other plot by itself, named after its network. */
    List<Plot> plots() {
        Map<String, Plot> plots = new LinkedHashMap<>();
        results.forEach((label, result) -> result.plots().forEach(plot -> {
            String of = plot.title() + ", " + label;
            switch (plot) {
                case Plot.Lines lines -> plots.merge(lines.title(), labelled(lines, label), StudyAnswers::joined);
                case Plot.Scatter scatter -> plots.put(of,
                        new Plot.Scatter(of, scatter.x(), scatter.y(), scatter.groups()));
                case Plot.Boxes boxes -> plots.put(of, new Plot.Boxes(of, boxes.y(), boxes.names(), boxes.values()));
                case Plot.Drawn drawn -> plots.put(of, new Plot.Drawn(of, drawn.image()));
            }
        }));
        return List.copyOf(plots.values());
    }

    private static Plot labelled(Plot.Lines plot, String label) {
        return new Plot.Lines(plot.title(), plot.x(), plot.y(), plot.lines().stream().map(line ->
                new Plot.Series(line.name().isEmpty() ? label : label + ", " + line.name(), line.x(), line.y()))
                .toList());
    }

    private static Plot joined(Plot first, Plot second) {
        Plot.Lines lines = (Plot.Lines) first;
        List<Plot.Series> all = new ArrayList<>(lines.lines());
        all.addAll(((Plot.Lines) second).lines());
        return new Plot.Lines(lines.title(), lines.x(), lines.y(), all);
    }

    /** The numbers, a network a column. */
    String table() {
        Map<String, Integer> widths = new LinkedHashMap<>();
        results.keySet().forEach(label -> widths.put(label, Math.max(label.length(), 10)));
        int first = numbers().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder text = new StringBuilder(study.name()).append('\n').append(" ".repeat(2 + first));
        widths.forEach((label, width) -> text.append(("  %" + width + "s").formatted(label)));
        for (String number : numbers()) {
            text.append(("%n  %-" + first + "s").formatted(number));
            widths.forEach((label, width) -> text.append(("  %" + width + "s").formatted(shown(label, number))));
        }
        return text.append("\n\n").toString();
    }
}
