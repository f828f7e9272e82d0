package dev.panacea.ace.data;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Tables as text, rows of fields: commas between, quotes round what holds commas, quotes or lines. */
public final class CsvRows {
    /**
     * One row.
     *
     * @param line where it begins, 1 the first
     * @param fields without quotes and outer space
     */
    public record Row(int line, List<String> fields) {}

    private CsvRows() {}

    /**
     * All rows of a file that are not empty.
     *
     * @throws DataException if it cannot be read, or a quote is never closed
     */
    public static List<Row> read(Path file) {
        return parse(ImageList.text(file), file.toString());
    }

    /**
     * All lines of a file that are not empty and do not begin with #, in words: between them is space.
     *
     * @throws DataException if it cannot be read
     */
    public static List<Row> words(Path file) {
        List<Row> rows = new ArrayList<>();
        String[] lines = ImageList.text(file).split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                rows.add(new Row(i + 1, List.of(line.split("\\s+"))));
            }
        }
        return rows;
    }

    /** A row as {@link #read} takes it, with the end of its line. */
    public static String line(List<String> fields) {
        return fields.stream().map(CsvRows::quoted).collect(Collectors.joining(",", "", "\n"));
    }

    /**
     * Writes a table.
     *
     * @param file to write or replace; its folder must exist
     * @param what errors call it
     * @throws DataException if it cannot be written
     */
    public static void write(Path file, String what, List<List<String>> rows) {
        AtomicFile.write(file, what, rows.stream().map(CsvRows::line).collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8));
    }

    /** A field as it stands in a row. */
    public static String quoted(String field) {
        return field.matches("[^\",\\r\\n]*") ? field : "\"" + field.replace("\"", "\"\"") + "\"";
    }

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
