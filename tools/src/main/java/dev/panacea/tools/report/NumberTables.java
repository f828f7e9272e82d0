package dev.panacea.tools.report;

import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.transfer.TransferResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** All numbers of a result with their intervals: those over all labels, and those of each. */
final class NumberTables {
    private static final int BAR = 120; // pixels

    private final TransferResult result;
    private final KindPart.LabelFacts labels;
    private final List<String> measures;
    private final boolean shares;
    private final double most; // the end of each bar

    NumberTables(TransferResult result, KindPart.LabelFacts labels) {
        this.result = result;
        this.labels = labels;
        measures = Stream.concat(labels.measures().stream(), labels.measures().stream()
                .map(measure -> TransferResult.TEN_CROP + measure)).filter(measure -> labels.names().stream()
                .anyMatch(label -> result.numbers().containsKey(measure + " " + label))).toList();
        shares = !result.lowerIsBetter();
        most = shares ? 1 : Math.max(ends(List.of(result.primary())), ends(labels.names().stream()
                .map(label -> labels.measures().getFirst() + " " + label).toList()));
    }

    /** How far the intervals of these numbers go. */
    private double ends(List<String> names) {
        return names.stream().map(result.numbers()::get).filter(Objects::nonNull)
                .mapToDouble(number -> Math.max(number.value(), number.high())).filter(Double::isFinite).max()
                .orElse(1);
    }

    /** A number as this page writes it: shares with four digits, pixels with two. */
    static String shown(double value, boolean share) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, share ? "%.4f" : "%.2f", value);
    }

    /** Both tables. */
    String html() {
        Map<String, Interval> overall = new LinkedHashMap<>(result.numbers());
        labels.names().forEach(label -> measures.forEach(measure -> overall.remove(measure + " " + label)));
        StringBuilder html = new StringBuilder("<div class=\"scroll\"><table class=\"results\"><thead><tr><th></th>"
                + "<th>value</th><th>95 % interval</th>").append(scale()).append("</tr></thead>\n");
        overall.forEach((name, number) -> html.append("<tr").append(name.equals(result.primary())
                ? " class=\"primary\"" : "").append("><td>").append(Page.escaped(name)).append("</td>")
                .append(cells(number)).append("<td>").append(Double.isNaN(number.value())
                ? "cannot be measured: no label can" : bar(number)).append("</td></tr>\n"));
        return html.append("</table></div>\n").append(each()).toString();
    }

    private String each() {
        StringBuilder html = new StringBuilder("<div class=\"scroll\"><table class=\"results labels\"><thead><tr>"
                + "<th>label</th><th>").append(labels.counted()).append("</th>");
        measures.forEach(measure -> html.append("<th>").append(Page.escaped(measure))
                .append("</th><th>95 % interval</th>"));
        html.append(scale()).append("</tr></thead>\n");
        for (int label = 0; label < labels.names().size(); label++) {
            String name = labels.names().get(label);
            html.append("<tr><td>").append(Page.escaped(name)).append("</td><td>").append(labels.counts().get(label))
                    .append("</td>");
            List<Interval> numbers = new ArrayList<>();
            measures.forEach(measure -> numbers.add(result.numbers().getOrDefault(measure + " " + name,
                    new Interval(Double.NaN, Double.NaN, Double.NaN))));
            if (labels.missing().get(label).isEmpty()) {
                numbers.forEach(number -> html.append(cells(number)));
                html.append("<td>").append(bar(numbers.getFirst()));
            } else {
                html.append("<td colspan=\"").append(2 * numbers.size() + 1).append("\">cannot be measured: ")
                        .append(labels.missing().get(label));
            }
            html.append("</td></tr>\n");
        }
        return html.append("</table></div>\n").toString();
    }

    private String cells(Interval number) {
        return "<td>" + shown(number.value(), shares) + "</td><td>" + shown(number.low(), shares) + " – "
                + shown(number.high(), shares) + "</td>";
    }

    /** What bars go to. */
    private String scale() {
        return "<th>0 … " + Axis.number(shares ? 1 : Double.parseDouble(shown(most, false))) + "</th>";
    }

    /** The interval as a line, the value as a dot, on a line from 0 to the most; nothing for what is beyond it. */
    private String bar(Interval number) {
        if (Double.isNaN(number.value()) || number.value() > most || number.high() > most) {
            return "";
        }
        Axis x = new Axis(0, most, 4, BAR - 4);
        String line = Double.isNaN(number.low()) ? "" : String.format(Locale.ROOT, "<path d=\"M%.1f 7H%.1f\"/>",
                x.at(number.low()), x.at(number.high()));
        return String.format(Locale.ROOT, "<svg class=\"interval\" width=\"%d\" height=\"14\" aria-hidden=\"true\">"
                + "<path class=\"grid\" d=\"M4 7H%d\"/>%s<circle cx=\"%.1f\" cy=\"7\" r=\"3\"/></svg>", BAR, BAR - 4,
                line, x.at(number.value()));
    }
}
