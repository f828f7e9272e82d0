package dev.panacea.ace.landmark;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.drawn.Point;
import dev.panacea.tensor.DataException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** Reads files that say where landmarks are. */
final class LandmarkList {
    private static final double FURTHEST = 1 << 16;

    private LandmarkList() {}

    /** Whether a file has a picture a line, {@code image#…}. */
    static boolean isLines(Path file) {
        return first(file).indexOf('#') > 0;
    }

    /** Whether a file is a table with a landmark a row. */
    static boolean isTable(Path file) {
        return first(file).toLowerCase(Locale.ROOT).matches("(.*,)?landmark(,.*)?");
    }

    private static String first(Path file) {
        return CsvRows.words(file).stream().findFirst().map(LandmarkList::line).orElse("");
    }

    private static String line(CsvRows.Row row) {
        return String.join(" ", row.fields());
    }

    /** What {@code landmark_names.csv} says beside a list, in rows {@code index,name}; nothing where there is none. */
    private static Map<String, String> names(Path list) {
        Path file = list.resolveSibling("landmark_names.csv");
        Map<String, String> names = new HashMap<>();
        if (Files.exists(file)) {
            for (CsvRows.Row row : CsvRows.read(file)) { // the first names the columns, which does no harm
                if (row.fields().size() != 2 || row.fields().get(1).isEmpty()) {
                    throw new DataException(file + ": row " + row.line() + ": no name: "
                            + DataException.shown(String.join(",", row.fields())) + " (need index,name)");
                }
                names.put(row.fields().get(0), plain(row.fields().get(1)));
            }
        }
        return names;
    }

    private static String plain(String name) {
        return name.replace('_', ' ');
    }

    /**
     * A picture a line, {@code image#x,y,name#x,y,name…}; empty lines, and those that begin with #, do not
     * count.
     *
     * @param root null for the list's folder, or {@code images} in it
     */
    static List<Annotated> lines(Path list, Path root) {
        Map<String, String> names = names(list);
        Path here = list.toAbsolutePath().getParent();
        Path from = root != null ? root : Files.isDirectory(here.resolve("images")) ? here.resolve("images") : here;
        List<Annotated> pictures = new ArrayList<>();
        for (CsvRows.Row row : CsvRows.words(list)) {
            String where = list + ": row " + row.line();
            String[] parts = line(row).split("#", -1);
            SequencedMap<String, Point> places = new LinkedHashMap<>();
            for (int part = 1; part < parts.length; part++) {
                String[] fields = parts[part].split(",", -1);
                if (fields.length != 3) {
                    throw new DataException(where + ": no landmark: " + DataException.shown(parts[part])
                            + " (need x,y,name)");
                }
                String name = fields[2].strip();
                put(places, names.getOrDefault(name, plain(name)), point(fields[0], fields[1], where), where);
            }
            pictures.add(new Annotated(file(from, parts[0].strip(), where), places));
        }
        return pictures;
    }

    /**
     * A table with the columns {@code image}, {@code landmark}, {@code x} and {@code y}: a landmark a row.
     *
     * @param root null for the table's folder
     */
    static List<Annotated> table(Path table, Path root) {
        ImageList list = ImageList.csv(table, "image", root != null ? root : table.toAbsolutePath().getParent());
        if (!list.missing().isEmpty()) {
            throw new DataException(table + ": " + list.missing().getFirst() + ": no such picture (check the names, and"
                    + " the folder they are relative to)");
        }
        int name = column(table, list.header(), "landmark");
        int x = column(table, list.header(), "x");
        int y = column(table, list.header(), "y");
        SequencedMap<Path, SequencedMap<String, Point>> pictures = new LinkedHashMap<>();
        for (ImageList.Entry entry : list.entries()) {
            String where = table + ": row " + entry.row();
            if (entry.fields().size() <= Math.max(name, Math.max(x, y))) {
                throw new DataException(where + ": " + entry.fields().size() + " fields (need one for each of "
                        + list.header().size() + " columns)");
            }
            put(pictures.computeIfAbsent(entry.file(), _ -> new LinkedHashMap<>()), plain(entry.fields().get(name)),
                    point(entry.fields().get(x), entry.fields().get(y), where), where);
        }
        List<Annotated> result = new ArrayList<>();
        pictures.forEach((file, places) -> result.add(new Annotated(file, places)));
        return result;
    }

    private static int column(Path table, List<String> header, String name) {
        int index = header.stream().map(field -> field.toLowerCase(Locale.ROOT)).toList().indexOf(name);
        if (index < 0) {
            throw new DataException(table + ": no column '" + name + "' (there are: " + String.join(", ", header)
                    + ")");
        }
        return index;
    }

    private static void put(SequencedMap<String, Point> places, String name, Point point, String where) {
        if (name.isEmpty() || places.putIfAbsent(name, point) != null) {
            throw new DataException(where + ": landmark " + (name.isEmpty() ? "without a name"
                    : DataException.shown(name) + ": marked twice") + " (need each once, by name or number)");
        }
    }

    private static Point point(String x, String y, String where) {
        return new Point(number(x, where), number(y, where));
    }

    private static double number(String text, String where) {
        double value = Double.NaN;
        try {
            value = Double.parseDouble(text.strip());
        } catch (NumberFormatException _) {
            // said below
        }
        if (!(value >= 0 && value <= FURTHEST)) {
            throw new DataException(where + ": no coordinate: " + DataException.shown(text)
                    + " (need a number of pixels, 0.." + (int) FURTHEST + ")");
        }
        return value;
    }

    private static Path file(Path root, String name, String where) {
        try {
            Path file = root.resolve(name);
            if (!name.isEmpty() && Files.isRegularFile(file)) {
                return file;
            }
        } catch (InvalidPathException _) {
            // said below
        }
        throw new DataException(where + ": no such picture: " + DataException.shown(name) + " (check the name, and the"
                + " folder it is relative to)");
    }
}
