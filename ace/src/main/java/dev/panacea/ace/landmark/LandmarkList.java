package dev.panacea.ace.landmark;

import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.drawn.Point;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private static final long LARGEST = 1L << 26;
    private static final double FURTHEST = 1 << 16;

    private LandmarkList() {}

    /** Whether a file has a picture a line, rather than a table. */
    static boolean isLines(String text) {
        return text.lines().findFirst().map(line -> line.indexOf('#') > 0).orElse(false);
    }

    /** Whether a file is a table with a landmark a row. */
    static boolean isTable(String text) {
        return text.lines().findFirst().map(line -> line.toLowerCase(Locale.ROOT).matches("(.*,)?landmark(,.*)?"))
                .orElse(false);
    }

    /** What {@code landmark_names.csv}, with rows {@code index,name}, says beside a list; nothing where there is none. */
    private static Map<String, String> names(Path list) {
        Path file = list.resolveSibling("landmark_names.csv");
        Map<String, String> names = new HashMap<>();
        if (Files.exists(file)) {
            String[] lines = text(file).split("\\R", -1);
            for (int i = 1; i < lines.length; i++) { // the first names the columns
                String[] fields = lines[i].split(",", -1);
                if (!lines[i].isBlank() && (fields.length != 2 || fields[1].isBlank())) {
                    throw new DataException(file + ": row " + (i + 1) + ": no name: " + DataException.shown(lines[i])
                            + " (need index,name)");
                }
                if (!lines[i].isBlank()) {
                    names.put(fields[0].strip(), plain(fields[1].strip()));
                }
            }
        }
        return names;
    }

    private static String plain(String name) {
        return name.replace('_', ' ');
    }

    /**
     * A picture a line, {@code image#x,y,name#x,y,name…}; empty lines do not count.
     *
     * @param root null for the list's folder, or {@code images} in it
     */
    static List<Annotated> lines(Path list, Path root) {
        Map<String, String> names = names(list);
        Path here = list.toAbsolutePath().getParent();
        Path from = root != null ? root : Files.isDirectory(here.resolve("images")) ? here.resolve("images") : here;
        List<Annotated> pictures = new ArrayList<>();
        String[] lines = text(list).split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].isBlank()) {
                continue;
            }
            String where = list + ": row " + (i + 1);
            String[] parts = lines[i].strip().split("#", -1);
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
            throw new DataException(where + ": landmark " + (name.isEmpty() ? "without a name" : DataException.shown(name)
                    + ": marked twice") + " (need each once, by name or number)");
        }
    }

    /** A place, in pixels. */
    static Point point(String x, String y, String where) {
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
            throw new DataException(where + ": no coordinate: " + DataException.shown(text) + " (need a number of pixels,"
                    + " 0.." + (int) FURTHEST + ")");
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

    /** The text of a small file. */
    static String text(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
                throw new DataException(file + ": " + (Files.exists(file) ? "no list: not a regular file, or too large"
                        : "no such file") + " (check the path)");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new DataException(file + ": cannot be read: " + failed.getMessage() + " (check its permissions)",
                    failed);
        }
    }
}
