package dev.panacea.tools.transfer;

import dev.panacea.tools.transfer.ResultTable.Cell;
import dev.panacea.tools.transfer.ResultTable.Column;
import dev.panacea.tools.transfer.ResultTable.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table for a paper, by the packages booktabs and xcolor. */
final class LatexTable {
    private static final Map<String, String> KINDS = Map.of("classify", "Classification", "segment", "Segmentation",
            "keypoints", "Key points");
    private static final int FIRST = 3; // number of the first column that holds values

    private LatexTable() {}

    static String text(ResultTable table) {
        TableText words = new TableText(table);
        StringBuilder text = new StringBuilder("""
                % needs \\usepackage{booktabs} and \\usepackage[table]{xcolor}
                \\begin{table}
                \\centering
                """);
        text.append("\\caption{").append(escaped(words.note("bold", "underlined", "shaded"))).append("}\n")
                .append("\\begin{tabular}{ll").append("c".repeat(table.columns().size())).append("}\n\\toprule\n")
                .append(kinds(table.columns()));
        List<List<String>> heads = table.columns().stream().map(words::head).toList();
        int lines = heads.stream().mapToInt(List::size).max().orElse(0);
        for (int k = 0; k < lines; k++) {
            int at = k;
            text.append(k == 0 ? "Backbone & Method" : " &").append(heads.stream()
                    .map(head -> " & " + (at < head.size() ? escaped(head.get(at)) : ""))
                    .collect(Collectors.joining())).append(" \\\\\n");
        }
        for (Row row : table.rows()) {
            String model = escaped(words.model(row));
            text.append(model.isEmpty() ? "" : "\\midrule\n").append(model).append(" & ")
                    .append(escaped(TableText.line(row.method())));
            table.columns().forEach(column -> text.append(" & ").append(cell(column, table.cell(row, column))));
            text.append(" \\\\\n");
        }
        return text.append("\\bottomrule\n\\end{tabular}\n\\end{table}\n").toString();
    }

    /** Which columns are of one kind of task, with rules below. */
    private static String kinds(List<Column> columns) {
        List<String> names = new ArrayList<>();
        List<String> rules = new ArrayList<>();
        for (String kind : columns.stream().map(Column::kind).distinct().toList()) {
            int[] at = IntStream.range(0, columns.size()).filter(k -> columns.get(k).kind().equals(kind)).toArray();
            names.add(" & \\multicolumn{" + at.length + "}{c}{" + KINDS.get(kind) + "}");
            rules.add("\\cmidrule(lr){" + (FIRST + at[0]) + "-" + (FIRST + at[at.length - 1]) + "}");
        }
        return " &" + String.join("", names) + " \\\\\n" + String.join(" ", rules) + "\n";
    }

    private static String cell(Column column, Cell cell) {
        String value = escaped(TableText.value(column, cell));
        if (cell == null) {
            return value;
        }
        String shown = switch (cell.rank()) {
            case 1 -> "\\textbf{" + value + "}";
            case 2 -> "\\underline{" + value + "}";
            default -> value;
        };
        return cell.alike() ? "\\cellcolor{blue!15}" + shown : shown;
    }

    /** A text whose signs mean themselves. */
    private static String escaped(String text) {
        return text.codePoints().mapToObj(sign -> switch (sign) {
            case '\\' -> "\\textbackslash{}";
            case '~' -> "\\textasciitilde{}";
            case '^' -> "\\textasciicircum{}";
            case '<', '>', '|' -> "$" + Character.toString(sign) + "$";
            case '[', ']' -> "{" + Character.toString(sign) + "}"; // after a rule it would be an argument
            case '&', '%', '$', '#', '_', '{', '}' -> "\\" + Character.toString(sign);
            case '±' -> "$\\pm$";
            case '↓' -> "$\\downarrow$";
            case '–' -> "--";
            default -> Character.toString(sign);
        }).collect(Collectors.joining());
    }
}
