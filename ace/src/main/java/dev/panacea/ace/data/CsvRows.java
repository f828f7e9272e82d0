package dev.panacea.ace.data;

import dev.panacea.tensor.DataException;
import java.util.ArrayList;
import java.util.List;

/** Splits the text of a table into rows of fields: commas between, quotes round what holds commas, quotes or lines. */
final class CsvRows {
    /**
     * One row.
     *
     * @param line where it begins, 1 the first
     * @param fields without quotes and outer space
     */
    record Row(int line, List<String> fields) {}

    private CsvRows() {}

    /**
     * All rows that are not empty.
     *
     * @throws DataException if a quote is never closed
     */
    static List<Row> parse(String text, String name) {
        List<Row> rows = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        int line = 1;
        int begun = 1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '\n';
            if (quoted) {
                if (i == text.length()) {
                    throw new DataException(name + ": line " + begun + ": a quote is never closed (add one)");
                }
                if (c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    field.append('"');
                    i++;
                } else if (c == '"') {
                    quoted = false;
                } else {
                    field.append(c);
                }
            } else if (c == '"' && field.toString().isBlank()) {
                field.setLength(0);
                quoted = true;
            } else if (c == ',' || c == '\n') {
                fields.add(field.toString().strip());
                field.setLength(0);
                if (c == '\n' && !(fields.size() == 1 && fields.getFirst().isEmpty())) {
                    rows.add(new Row(begun, List.copyOf(fields)));
                }
                if (c == '\n') {
                    fields.clear();
                }
            } else {
                field.append(c);
            }
            if (c == '\n') {
                line++;
                begun = quoted ? begun : line;
            }
        }
        return rows;
    }
}
