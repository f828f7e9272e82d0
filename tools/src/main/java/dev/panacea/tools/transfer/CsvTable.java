package dev.panacea.tools.transfer;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.tools.transfer.ResultTable.Cell;
import dev.panacea.tools.transfer.ResultTable.Column;
import dev.panacea.tools.transfer.ResultTable.Row;
import java.util.List;
import java.util.stream.Collectors;

/** A table for programs: a line for each cell, shares in 0..1 and errors in pixels, unrounded. */
final class CsvTable {
    private CsvTable() {}

    static String text(ResultTable table) {
        StringBuilder text = new StringBuilder(CsvRows.line(List.of("backbone", "method", "kind", "task", "split",
                "examples", "number", "seeds", "mean", "deviation", "rank", "p")));
        for (Row row : table.rows()) {
            for (Column column : table.columns()) {
                Cell cell = table.cell(row, column);
                if (cell != null) {
                    text.append(CsvRows.line(List.of(row.model(), row.method(), column.kind(), column.task(),
                            column.split(), Integer.toString(column.examples()), column.number(),
                            cell.seeds().stream().map(String::valueOf).collect(Collectors.joining(" ")),
                            number(cell.runs().mean()), number(cell.runs().deviation()),
                            cell.rank() == 0 ? "" : Integer.toString(cell.rank()), number(cell.pValue()))));
                }
            }
        }
        return text.toString();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }
}
