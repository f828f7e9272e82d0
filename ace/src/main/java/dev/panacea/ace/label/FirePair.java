package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.drawn.Point;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Two fundus photographs of one eye in FIRE, with the places that show the same.
 *
 * @param name such as {@code A01_1_2}; its letter is the category
 * @param first a picture of 2912 × 2912 pixels
 * @param second another
 * @param firstPoints places in the first, in pixels
 * @param secondPoints the same places in the second
 */
public record FirePair(String name, Path first, Path second, List<Point> firstPoints, List<Point> secondPoints) {
    /** The pair whose control points are known to be wrong. */
    public static final String WRONG = "P37_1_2";

    private static final Pattern LIST = Pattern.compile("control_points_(([A-Z]\\d+)_(\\d+)_(\\d+))\\.txt");

    /** Copies the points. */
    public FirePair {
        firstPoints = List.copyOf(firstPoints);
        secondPoints = List.copyOf(secondPoints);
    }

    /**
     * All pairs of a folder, by name, without the {@linkplain #WRONG wrong} one. Each
     * {@code control_points_A01_1_2.txt} has lines of {@code x1 y1 x2 y2}, and belongs to {@code A01_1.jpg} and
     * {@code A01_2.jpg}.
     *
     * @throws DataException if there is none, a picture is missing, or a line is no four numbers
     */
    public static List<FirePair> read(Path folder) {
        PictureIndex index = PictureIndex.of(folder);
        List<FirePair> pairs = new ArrayList<>();
        for (Path list : index.lists("control_points_.*")) {
            Matcher name = LIST.matcher(list.getFileName().toString());
            if (name.matches() && !name.group(1).equals(WRONG)) {
                pairs.add(pair(index, list, name));
            }
        }
        if (pairs.isEmpty()) {
            throw new DataException(folder + ": no control_points_*.txt of FIRE (check the folder)");
        }
        return pairs;
    }

    private static FirePair pair(PictureIndex index, Path list, Matcher name) {
        List<Path> pictures = new ArrayList<>();
        for (int group : new int[] {3, 4}) {
            String picture = name.group(2) + "_" + name.group(group);
            Path found = index.find(picture);
            if (found == null) {
                throw new DataException(list + ": no picture " + picture + " in " + index.root() + " (add it)");
            }
            pictures.add(found);
        }
        List<Point> first = new ArrayList<>();
        List<Point> second = new ArrayList<>();
        for (CsvRows.Row row : CsvRows.words(list)) {
            Place place = new Place(list, row.line());
            if (row.fields().size() != 4) {
                throw place.error(row.fields().size() + " fields (need x1 y1 x2 y2)");
            }
            double[] at = row.fields().stream().mapToDouble(field -> place.number(field, "coordinate")).toArray();
            first.add(new Point(at[0], at[1]));
            second.add(new Point(at[2], at[3]));
        }
        return new FirePair(name.group(1), pictures.getFirst(), pictures.getLast(), first, second);
    }
}
