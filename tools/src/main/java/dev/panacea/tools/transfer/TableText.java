package dev.panacea.tools.transfer;

import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.tools.transfer.ResultTable.Cell;
import dev.panacea.tools.transfer.ResultTable.Column;
import dev.panacea.tools.transfer.ResultTable.Row;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a table says in words and digits, whatever its format: shares in percent, errors in pixels.
 *
 * @param table the table
 */
record TableText(ResultTable table) {
    private static final int SHOWN_SEEDS = 10;

    /** The lines above a column: what was asked, what was measured, and with how much training where that differs. */
    List<String> head(Column column) {
        List<String> lines = new ArrayList<>();
        lines.add(line(column.task()) + (column.split().equals("test") ? "" : " (" + line(column.split()) + ")"));
        lines.add(line(column.number()) + (inPixels(column) ? ", px" : ", %") + (column.lowerIsBetter() ? " ↓" : ""));
        if (table.columns().stream().filter(other -> other.kind().equals(column.kind())
                && other.task().equals(column.task())).map(Column::examples).distinct().count() > 1) {
            lines.add(column.examples() + " examples");
        }
        return lines;
    }

    private static boolean inPixels(Column column) {
        return column.kind().equals(TransferKind.KEYPOINTS.label());
    }

    /** The backbone, where it is another than in the row above. */
    String model(Row row) {
        int at = table.rows().indexOf(row);
        return at > 0 && table.rows().get(at - 1).model().equals(row.model()) ? "" : line(row.model());
    }

    /** A cell's mean and deviation; – where nothing could be measured, nothing where no run was. */
    static String value(Column column, Cell cell) {
        if (cell == null || !cell.known()) {
            return cell == null ? "" : "–";
        }
        double scale = inPixels(column) ? 1 : 100;
        String mean = String.format(Locale.ROOT, "%.2f", scale * cell.runs().mean());
        return Double.isNaN(cell.runs().deviation()) ? mean
                : String.format(Locale.ROOT, "%s ± %.2f", mean, scale * cell.runs().deviation());
    }

    /**
     * What a reader must know.
     *
     * @param bold what the best look like
     * @param underlined what the second best look like
     * @param alike what those look like that do not differ significantly from the best
     */
    String note(String bold, String underlined, String alike) {
        List<String> sentences = new ArrayList<>(List.of(runs()));
        List<Cell> all = table.all();
        if (all.stream().anyMatch(cell -> cell.rank() == 1)) {
            sentences.add("The best of a column is " + bold + (all.stream().anyMatch(cell -> cell.rank() == 2)
                    ? ", the second best " + underlined : "") + ".");
        }
        if (all.stream().anyMatch(cell -> !Double.isNaN(cell.pValue()))) {
            sentences.add("Others are tested against the best by Welch's two-sided two-sample t-test: those that do not"
                    + " differ significantly at p = " + ResultTable.LEVEL + " are " + alike + ".");
        }
        if (table.columns().stream().anyMatch(Column::lowerIsBetter)) {
            sentences.add("↓: less is better.");
        }
        return String.join(" ", sentences);
    }

    private String runs() {
        IntSummaryStatistics counts = table.all().stream().mapToInt(cell -> cell.runs().values().length)
                .summaryStatistics();
        List<Set<Long>> seeds = table.all().stream().map(Cell::seeds).distinct().toList();
        Set<Long> first = seeds.getFirst();
        String which = seeds.size() > 1 || first.size() > SHOWN_SEEDS ? ""
                : (first.size() == 1 ? ", of seed " : ", of seeds ")
                        + first.stream().map(String::valueOf).collect(Collectors.joining(", "));
        if (counts.getMax() == 1) {
            return "One run each" + which + ".";
        }
        return "Mean ± standard deviation over " + (counts.getMin() == counts.getMax() ? counts.getMax() + " runs"
                : counts.getMin() + " to " + counts.getMax() + " runs") + (which.isEmpty()
                ? " that differ in their seeds" : which) + (counts.getMin() == 1
                ? "; single runs have no deviation, and are not tested" : "") + ".";
    }

    /** A name from a file, on one line. */
    static String line(String name) {
        return name.replaceAll("\\p{Cntrl}+", " ");
    }
}
