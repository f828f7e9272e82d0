package dev.panacea.tools.report;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import java.util.List;
import java.util.Locale;

/** How many pictures each part of a data set has, and how many of them each label. */
final class SetTable {
    private SetTable() {}

    static String html(ExampleSet set) {
        List<Examples> parts = List.of(set.train(), set.validation(), set.test());
        StringBuilder table = new StringBuilder("<div class=\"scroll\"><table class=\"results\"><thead><tr><th></th>"
                + "<th>training</th><th>validation</th><th>test</th></tr></thead>\n<tr><td>pictures</td>");
        parts.forEach(part -> table.append("<td>").append(part.size()).append("</td>"));
        table.append("</tr>\n");
        List<long[][]> counts = parts.stream().map(part -> counts(part, set.labels().size())).toList();
        for (int label = 0; label < set.labels().size(); label++) {
            table.append("<tr><td>").append(Page.escaped(set.labels().get(label))).append("</td>");
            for (long[][] count : counts) {
                table.append("<td>").append(cell(count[label])).append("</td>");
            }
            table.append("</tr>\n");
        }
        return table.append("</table></div>\n").toString();
    }

    /** For each label, how many pictures have it, and of how many it is known. */
    private static long[][] counts(Examples part, int labels) {
        long[][] counts = new long[labels][2];
        for (int i = 0; i < part.size(); i++) {
            float[] targets = part.targets(i);
            for (int label = 0; label < labels; label++) {
                counts[label][0] += targets[label] == 1 ? 1 : 0;
                counts[label][1] += Float.isNaN(targets[label]) ? 0 : 1;
            }
        }
        return counts;
    }

    private static String cell(long[] count) {
        return count[1] == 0 ? "–" : String.format(Locale.ROOT, "%d <small>%.1f %% of %d</small>", count[0],
                100.0 * count[0] / count[1], count[1]);
    }
}
