package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.label.SetBuilder.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Lists of landmarks: each line a picture and its points, {@code image#x,y,number#x,y,number}, in pixels of the
 * picture. Lists whose names tell a split are for it.
 */
final class LandmarkLists {
    private static final int MOST = 1000;

    private LandmarkLists() {}

    private record Film(Place place, String name, Split split, List<Mark> spots) {}

    static LabelSet read(PictureIndex index, long seed) {
        List<Film> films = new ArrayList<>();
        int labels = 0;
        for (Path list : index.lists(".*\\.txt")) {
            Split split = SplitLists.of(list.getFileName().toString());
            for (CsvRows.Row row : CsvRows.words(list)) {
                String line = String.join(" ", row.fields());
                if (line.indexOf('#') > 0) {
                    Film film = film(new Place(list, row.line()), split, line.split("#", -1));
                    films.add(film);
                    labels = Math.max(labels, 1 + film.spots.stream().mapToInt(Mark::label).max().orElse(-1));
                }
            }
        }
        SetBuilder set = new SetBuilder("landmarks", LabelSet.Kind.MARKS,
                IntStream.range(0, labels).mapToObj(i -> "landmark " + i).toList(), index);
        films.forEach(film -> set.add(film.place, new Entry(film.name, film.name, film.split, set.unknown(),
                film.spots)));
        return set.build(null, seed);
    }

    private static Film film(Place place, Split split, String[] parts) {
        Map<Integer, Mark> spots = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] fields = parts[i].split(",", -1);
            if (fields.length != 3) {
                throw place.error("point " + i + " has " + fields.length + " numbers (need x,y,number)");
            }
            int label = place.index(fields[2], MOST, "number of point " + i);
            Point at = new Point(place.number(fields[0], "x of point " + i), place.number(fields[1], "y of point "
                    + i));
            if (spots.put(label, new Mark.Spot(label, at)) != null) {
                throw place.error("landmark " + label + " is there twice (remove one)");
            }
        }
        return new Film(place, parts[0].strip(), split, List.copyOf(spots.values()));
    }
}
