package dev.panacea.ace.label;

import dev.panacea.ace.data.ImageList;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a folder and those below it, found by the names that lists call them: the path within the folder, the
 * name alone, or the name without its ending, since lists leave it out, and copies are often converted.
 */
final class PictureIndex {
    private static final Set<String> NO_PICTURES = Set.of("txt", "csv", "json", "md", "pdf", "xml", "xlsx", "html",
            "gz", "zip", "tar", "mat", "npy", "py");

    private final Path root;
    private final List<Path> files;
    private final Map<String, Path> whole = new HashMap<>();
    private final Map<String, List<Path>> named = new HashMap<>();

    private PictureIndex(Path root, List<Path> files) {
        this.root = root;
        this.files = files;
        for (Path file : pictures()) {
            String name = file.getFileName().toString();
            whole.put(root.relativize(file).toString(), file);
            Stream.of(name, stem(name)).distinct().forEach(
                    key -> named.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(file));
        }
    }

    /** All files of a folder. */
    static PictureIndex of(Path folder) {
        return new PictureIndex(folder, ImageList.folder(folder).entries().stream().map(ImageList.Entry::file)
                .toList());
    }

    /** Those of them whose path within the folder is wanted. */
    PictureIndex where(Predicate<String> path) {
        return new PictureIndex(root, files.stream().filter(file -> path.test(inside(file))).toList());
    }

    /** The path within the folder, in small letters, with / between. */
    private String inside(Path file) {
        return root.relativize(file).toString().replace('\\', '/').toLowerCase(Locale.ROOT);
    }

    Path root() {
        return root;
    }

    /** All files that may be pictures, by their paths. */
    List<Path> pictures() {
        return files.stream().filter(file -> !NO_PICTURES.contains(ending(file.getFileName().toString()))).toList();
    }

    /**
     * The picture that a list calls so; null where there is none.
     *
     * @throws DataException if there are several
     */
    Path find(String name) {
        if (whole.containsKey(name)) {
            return whole.get(name);
        }
        for (String key : List.of(last(name), stem(last(name)))) {
            List<Path> found = named.getOrDefault(key, List.of());
            if (found.size() > 1) {
                throw new DataException(root + ": " + DataException.shown(name) + " may be "
                        + root.relativize(found.getFirst()) + " or " + root.relativize(found.get(1))
                        + " (name a folder with one of them)");
            }
            if (!found.isEmpty()) {
                return found.getFirst();
            }
        }
        return null;
    }

    /** Files whose name as a whole fits a pattern; capitals do not matter. */
    List<Path> lists(String pattern) {
        Pattern wanted = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
        return files.stream().filter(file -> wanted.matcher(file.getFileName().toString()).matches()).toList();
    }

    /**
     * The file whose name fits a pattern; null where there is none.
     *
     * @throws DataException if there are several
     */
    Path list(String pattern) {
        List<Path> found = lists(pattern);
        if (found.size() > 1) {
            throw new DataException(root + ": two lists of one kind: " + root.relativize(found.getFirst()) + " and "
                    + root.relativize(found.get(1)) + " (name a folder with one of them)");
        }
        return found.isEmpty() ? null : found.getFirst();
    }

    static String last(String name) {
        return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    }

    static String stem(String name) {
        return name.lastIndexOf('.') > 0 ? name.substring(0, name.lastIndexOf('.')) : name;
    }

    private static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
