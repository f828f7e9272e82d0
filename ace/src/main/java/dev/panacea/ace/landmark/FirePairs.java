package dev.panacea.ace.landmark;

import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.drawn.Point;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a folder like that of FIRE (Hernandez-Matas et al. 2017): beside pictures {@code P37_1.jpg} and
 * {@code P37_2.jpg}, in whatever folders, lies {@code control_points_P37_1_2.txt}, whose lines {@code x1 y1 x2 y2} are
 * the same place in the first and in the second.
 */
final class FirePairs {
    /** Pairs whose points are known to be wrong. */
    static final Set<String> WRONG = Set.of("P37_1_2");

    private static final Pattern POINTS = Pattern.compile("control_points_((.+)_(\\d+)_(\\d+))\\.txt");

    private FirePairs() {}

    /** Two pictures of each pair, one after the other; their common places have the pair's name and a number. */
    static List<Annotated> folder(Path folder) {
        List<Path> files = ImageList.folder(folder).entries().stream().map(ImageList.Entry::file).toList();
        Map<String, Path> pictures = new HashMap<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            int dot = name.lastIndexOf('.');
            if (dot > 0 && !name.endsWith(".txt")) {
                pictures.putIfAbsent(name.substring(0, dot), file);
            }
        }
        List<Annotated> pairs = new ArrayList<>();
        for (Path file : files) {
            Matcher name = POINTS.matcher(file.getFileName().toString());
            if (name.matches() && !WRONG.contains(name.group(1))) {
                List<LinkedHashMap<String, Point>> places = places(file, name.group(1));
                for (int i = 0; i < 2; i++) {
                    String picture = name.group(2) + "_" + name.group(3 + i);
                    if (!pictures.containsKey(picture)) {
                        throw new DataException(file + ": no picture " + picture + " in " + folder
                                + " (need both of the pair)");
                    }
                    pairs.add(new Annotated(pictures.get(picture), places.get(i)));
                }
            }
        }
        return pairs;
    }

    /** Whether a folder has such files. */
    static boolean isIn(Path folder) {
        return ImageList.folder(folder).entries().stream()
                .anyMatch(entry -> POINTS.matcher(entry.file().getFileName().toString()).matches());
    }

    private static List<LinkedHashMap<String, Point>> places(Path file, String pair) {
        LinkedHashMap<String, Point> first = new LinkedHashMap<>();
        LinkedHashMap<String, Point> second = new LinkedHashMap<>();
        String[] lines = LandmarkList.text(file).split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].isBlank()) {
                continue;
            }
            String where = file + ": row " + (i + 1);
            String[] fields = lines[i].strip().split("\\s+");
            if (fields.length != 4) {
                throw new DataException(where + ": " + fields.length + " numbers (need x1 y1 x2 y2)");
            }
            String name = pair + " " + (first.size() + 1);
            first.put(name, LandmarkList.point(fields[0], fields[1], where));
            second.put(name, LandmarkList.point(fields[2], fields[3], where));
        }
        return List.of(first, second);
    }
}
