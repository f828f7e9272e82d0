package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A table whose first row names its columns.
 *
 * @param file where it comes from
 * @param header the names, as they stand
 * @param rows the rows below
 */
record LabelTable(Path file, List<String> header, List<CsvRows.Row> rows) {
    /**
     * Reads a table.
     *
     * @param needed columns that must be there; capitals and outer space do not matter
     * @throws DataException if it cannot be read, or has no such column
     */
    static LabelTable read(Path file, String... needed) {
        List<CsvRows.Row> rows = new ArrayList<>(CsvRows.read(file));
        List<String> header = rows.isEmpty() ? List.of() : rows.removeFirst().fields();
        LabelTable table = new LabelTable(file, header, rows);
        for (String column : needed) {
            if (!table.has(column)) {
                throw new DataException(file + ": no column '" + column + "' (there are: " + String.join(", ", header)
                        + ")");
            }
        }
        return table;
    }

    private int column(String name) {
        int at = header.size() - 1;
        while (at >= 0 && !header.get(at).equalsIgnoreCase(name)) {
            at--;
        }
        return at;
    }

    boolean has(String column) {
        return column(column) >= 0;
    }

    /** A field, empty where the row is too short. */
    String field(CsvRows.Row row, String column) {
        int at = column(column);
        return at >= 0 && at < row.fields().size() ? row.fields().get(at) : "";
    }

    Place place(CsvRows.Row row) {
        return new Place(file, row.line());
    }
}
