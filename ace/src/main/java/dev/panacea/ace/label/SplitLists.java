package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.label.SetBuilder.Entry;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Lists of one split each, as the names of their files tell, with numbers behind the names of pictures. */
final class SplitLists {
    private SplitLists() {}

    /** The split that the name of a list or folder tells; null where it tells none. */
    static Split of(String name) {
        String plain = name.toLowerCase(Locale.ROOT);
        return plain.contains("train") ? Split.TRAIN : plain.contains("test") ? Split.TEST
                : plain.contains("val") ? Split.VALIDATION : null;
    }

    /**
     * Adds the pictures of all lists that end in {@code .txt} and most of whose lines have so many numbers behind a name.
     *
     * @param numbers how many
     * @param targets from a row's numbers
     * @param patient from a picture's name
     */
    static void add(SetBuilder set, PictureIndex index, int numbers, BiFunction<Place, List<String>, float[]> targets,
            Function<String, String> patient) {
        for (Path list : index.lists(".*\\.txt")) {
            Split split = of(list.getFileName().toString());
            List<CsvRows.Row> rows = split == null ? List.of() : CsvRows.words(list);
            if (2 * rows.stream().filter(row -> isRow(row, numbers)).count() <= rows.size()) {
                continue; // a list of another kind
            }
            for (CsvRows.Row row : rows) {
                Place place = new Place(list, row.line());
                if (row.fields().size() != numbers + 1) {
                    throw place.error(row.fields().size() + " fields (need a name and " + numbers + " numbers)");
                }
                String name = row.fields().getFirst();
                set.add(place, new Entry(name, patient.apply(name), split,
                        targets.apply(place, row.fields().subList(1, numbers + 1)), List.of()));
            }
        }
    }

    private static boolean isRow(CsvRows.Row row, int numbers) {
        return row.fields().size() == numbers + 1
                && row.fields().subList(1, numbers + 1).stream().allMatch(field -> field.matches("[0-9.]+"));
    }
}
