package dev.panacea.tools.transfer;

import dev.panacea.tools.transfer.ResultTable.Cell;
import dev.panacea.tools.transfer.ResultTable.Column;
import dev.panacea.tools.transfer.ResultTable.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table as GitHub and others show it. */
final class MarkdownTable {
    private MarkdownTable() {}

    static String text(ResultTable table) {
        TableText words = new TableText(table);
        List<String> head = new ArrayList<>(List.of("Backbone", "Method"));
        table.columns().forEach(column -> head.add(words.head(column).stream().map(MarkdownTable::escaped)
                .collect(Collectors.joining("<br>"))));
        StringBuilder text = new StringBuilder(line(head)).append("|---|---|")
                .append("--:|".repeat(table.columns().size())).append('\n');
        for (Row row : table.rows()) {
            List<String> fields = new ArrayList<>(List.of(escaped(words.model(row)),
                    escaped(TableText.line(row.method()))));
            table.columns().forEach(column -> fields.add(cell(column, table.cell(row, column))));
            text.append(line(fields));
        }
        return text.append('\n').append(words.note("**bold**", "<u>underlined</u>", "marked ≈")).append('\n')
                .toString();
    }

    private static String line(List<String> fields) {
        return "| " + String.join(" | ", fields) + " |\n";
    }

    private static String cell(Column column, Cell cell) {
        String value = TableText.value(column, cell);
        if (cell == null) {
            return value;
        }
        String shown = switch (cell.rank()) {
            case 1 -> "**" + value + "**";
            case 2 -> "<u>" + value + "</u>";
            default -> value;
        };
        return cell.alike() ? shown + " ≈" : shown;
    }

    /** A name whose signs mean themselves; an underscore within a word does so already. */
    private static String escaped(String name) {
        return name.replace("&", "&amp;").replace("<", "&lt;").replaceAll("[\\\\`*|\\[\\]~]", "\\\\$0")
                .replaceAll("(?<![\\p{L}\\p{N}])_|_(?![\\p{L}\\p{N}])", "\\\\_");
    }
}
