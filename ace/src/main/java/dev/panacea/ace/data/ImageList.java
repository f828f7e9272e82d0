package dev.panacea.ace.data;

import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/**
 * Files of pictures in a fixed order, from a folder, a list or a table.
 *
 * @param root what names in a list are relative to
 * @param header the names of the fields, empty where there are none
 * @param entries the files that are there
 * @param missing one line for each that is not, with its row
 */
public record ImageList(Path root, List<String> header, List<Entry> entries, List<String> missing) {
    private static final long LARGEST_LIST = 1L << 29;

    /**
     * One picture.
     *
     * @param file where it is
     * @param row its line in the list, 1 the first; in a folder its number
     * @param fields all that the row says, its own name included; empty in a folder
     */
    public record Entry(Path file, int row, List<String> fields) {}

    /** Copies the lists. */
    public ImageList {
        header = List.copyOf(header);
        entries = List.copyOf(entries);
        missing = List.copyOf(missing);
    }

    /**
     * What a person names: a folder, a list that ends in {@code .txt}, a table that ends in {@code .csv}, or one
     * picture, which need not exist.
     *
     * @param root what names in a list or table are relative to; null for where it lies
     * @param column of a table
     * @throws DataException if a list or table cannot be read, or has no such column
     */
    public static ImageList named(Path source, Path root, String column) {
        if (Files.isDirectory(source)) {
            return folder(source);
        }
        String name = source.toString().toLowerCase(Locale.ROOT);
        Path from = root == null ? source.toAbsolutePath().getParent() : root;
        if (Files.isRegularFile(source) && name.endsWith(".txt")) {
            return lines(source, from);
        }
        if (Files.isRegularFile(source) && name.endsWith(".csv")) {
            return csv(source, column, from);
        }
        return new ImageList(from, List.of(), List.of(new Entry(source, 1, List.of())), List.of());
    }

    /**
     * All files in a folder and those below it, by name, but for hidden ones. Links are followed.
     *
     * @throws DataException if it is no folder
     */
    public static ImageList folder(Path root) {
        if (!Files.isDirectory(root)) {
            throw new DataException(root + ": " + (Files.exists(root) ? "no folder" : "no such folder")
                    + " (check the path)");
        }
        List<Path> files = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes facts) {
                            return !folder.equals(root) && isHidden(folder) ? FileVisitResult.SKIP_SUBTREE
                                    : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes facts) {
                            if (!isHidden(file)) {
                                files.add(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException why) {
                            missing.add(file + ": " + why.getClass().getSimpleName());
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException failed) {
            throw new DataException(root + ": cannot be listed: " + failed.getMessage() + " (check its permissions)",
                    failed);
        }
        files.sort(Comparator.comparing(file -> root.relativize(file).toString()));
        List<Entry> entries = new ArrayList<>();
        for (Path file : files) {
            entries.add(new Entry(file, entries.size() + 1, List.of()));
        }
        return new ImageList(root, List.of(), entries, missing);
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    /**
     * The files of a list: one name a line, relative to {@code root}, perhaps with labels behind it, separated by
     * spaces. A line that names a file as a whole may have spaces in the name. Empty lines and those that begin with #
     * do not count.
     *
     * @throws DataException if the list cannot be read
     */
    public static ImageList lines(Path list, Path root) {
        List<Entry> entries = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        String[] lines = text(list).split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            List<String> fields = isFile(root, line) ? List.of(line) : List.of(line.split("\\s+"));
            add(root, new CsvRows.Row(i + 1, fields), 0, entries, missing);
        }
        return new ImageList(root, List.of(), entries, missing);
    }

    /**
     * The files that a column of a table names, relative to {@code root}. The table begins with the names of its
     * columns.
     *
     * @param column one of them; capitals do not matter
     * @throws DataException if the table cannot be read or has no such column
     */
    public static ImageList csv(Path table, String column, Path root) {
        List<CsvRows.Row> rows = CsvRows.parse(text(table), table.toString());
        List<String> header = rows.isEmpty() ? List.of() : rows.removeFirst().fields();
        int index = header.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList()
                .indexOf(column.toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw new DataException(table + ": no column '" + column + "' (there are: " + String.join(", ", header)
                    + ")");
        }
        List<Entry> entries = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        rows.forEach(row -> add(root, row, index, entries, missing));
        return new ImageList(root, header, entries, missing);
    }

    private static void add(Path root, CsvRows.Row row, int column, List<Entry> entries, List<String> missing) {
        String name = column < row.fields().size() ? row.fields().get(column) : "";
        if (isFile(root, name)) {
            entries.add(new Entry(root.resolve(name), row.line(), row.fields()));
        } else {
            missing.add("row " + row.line() + ": " + (name.isEmpty() ? "no name" : DataException.shown(name)));
        }
    }

    private static boolean isFile(Path root, String name) {
        try {
            return !name.isEmpty() && Files.isRegularFile(root.resolve(name));
        } catch (InvalidPathException impossible) {
            return false;
        }
    }

    /**
     * The text of a list, without a mark of its encoding.
     *
     * @throws DataException if it cannot be read, or is no list by its size
     */
    public static String text(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_LIST) {
                throw new DataException(file + ": " + (Files.exists(file) ? "no list: not a regular file, or too large"
                        : "no such file") + " (check the path)");
            }
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (IOException failed) {
            throw new DataException(file + ": cannot be read: " + failed.getMessage() + " (check its permissions)",
                    failed);
        }
    }
}
