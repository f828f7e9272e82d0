package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.label.SetBuilder.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pneumothorax challenge of the SIIM: a table of {@code ImageId, EncodedPixels}, with a row for each mask of a
 * picture, or {@code -1} where there is none. There are no official splits, and each picture counts as a patient.
 *
 * <p>Runs go down the columns of a picture of 1024 × 1024 pixels. Each is a pair: how many pixels after the end of the
 * run before it begins, and how many it has.
 */
final class Siim {
    private static final Frame FRAME = Frame.square(1024);

    private Siim() {}

    /** The rows of one picture. */
    private record Film(Place place, List<Mark> masks) {}

    static LabelSet read(PictureIndex index, long seed) {
        SetBuilder set = new SetBuilder("SIIM", LabelSet.Kind.ANY, List.of("Pneumothorax"), index);
        Map<String, Film> films = new LinkedHashMap<>();
        for (Path file : index.lists(".*\\.csv")) {
            LabelTable table = LabelTable.read(file);
            if (table.has("ImageId") && table.has("EncodedPixels") && !file.toString().contains("sample_submission")) {
                table.rows().forEach(row -> add(films, table, row));
            }
        }
        films.forEach((name, film) -> set.add(film.place, new Entry(name, name, null,
                new float[] {film.masks.isEmpty() ? 0 : 1}, film.masks)));
        return set.build(FRAME, seed);
    }

    private static void add(Map<String, Film> films, LabelTable table, CsvRows.Row row) {
        Place place = table.place(row);
        String name = table.field(row, "ImageId");
        String text = table.field(row, "EncodedPixels");
        Film before = films.get(name);
        boolean none = text.equals("-1");
        if (before != null && (none || before.masks.isEmpty())) {
            throw place.error("a mask and none for one picture, or none twice: see " + before.place
                    + " (remove a row)");
        }
        Film film = films.computeIfAbsent(name, _ -> new Film(place, new ArrayList<>()));
        if (!none) {
            film.masks.add(new Mark.Runs(0, runs(place, text)));
        }
    }

    /**
     * Start and length of each run.
     *
     * @throws dev.panacea.tensor.DataException if they are no pairs, or leave the picture
     */
    private static List<Integer> runs(Place place, String text) {
        int pixels = FRAME.width() * FRAME.height();
        String[] numbers = text.split("\\s+");
        if (numbers.length % 2 != 0) {
            throw place.error(numbers.length + " numbers of runs (need pairs, or -1 for no mask)");
        }
        List<Integer> runs = new ArrayList<>(numbers.length);
        int at = 0;
        for (int i = 0; i < numbers.length; i += 2) {
            int start = at + place.index(numbers[i], pixels, "offset " + (i / 2 + 1));
            int length = place.index(numbers[i + 1], pixels + 1, "length " + (i / 2 + 1));
            if (start + length > pixels) {
                throw place.error("run " + (i / 2 + 1) + " ends at pixel " + (start + length) + " (the picture has "
                        + pixels + ")");
            }
            runs.add(start);
            runs.add(length);
            at = start + length;
        }
        return runs;
    }
}
