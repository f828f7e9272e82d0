package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.label.SetBuilder.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pneumonia challenge of the RSNA: {@code stage_2_train_labels.csv}, which has a row for each box of a picture, and
 * {@code stage_2_detailed_class_info.csv} with its three classes; without that, two. Or lists of a name and the number
 * of a class a line. There are no official splits.
 */
final class Rsna {
    private static final List<String> THREE = List.of("Normal", "No Lung Opacity / Not Normal", "Lung Opacity");
    private static final List<String> TWO = List.of("No Lung Opacity", "Lung Opacity");
    private static final List<String> BOX = List.of("x", "y", "width", "height");

    private Rsna() {}

    /** What the rows of one picture say. */
    private static final class Film {
        private final Place place;
        private final int label;
        private final List<Mark> boxes = new ArrayList<>();

        private Film(Place place, int label) {
            this.place = place;
            this.label = label;
        }
    }

    static LabelSet read(PictureIndex index, long seed) {
        Path labels = index.list(".*train_labels.*\\.csv");
        Path classes = index.list(".*detailed_class_info.*\\.csv");
        SetBuilder set = new SetBuilder("RSNA", LabelSet.Kind.ONE, labels != null && classes == null ? TWO : THREE,
                index);
        if (labels == null && classes == null) {
            SplitLists.add(set, index, 1, (place, numbers) -> set.one(place.index(numbers.getFirst(), 3, "class")),
                    ChestXray14::patient);
            return set.build(Frame.square(1024), seed);
        }
        Map<String, Film> films = new LinkedHashMap<>();
        if (classes != null) {
            LabelTable table = LabelTable.read(classes, "patientId", "class");
            for (CsvRows.Row row : table.rows()) {
                film(films, table, row, SetBuilder.label(table.field(row, "class"), THREE, table.place(row)));
            }
        }
        if (labels != null) {
            boxes(films, LabelTable.read(labels, "patientId", "x", "y", "width", "height", "Target"), classes != null);
        }
        films.forEach((patient, film) -> set.add(film.place, new Entry(patient, patient, null, set.one(film.label),
                film.boxes)));
        return set.build(Frame.square(1024), seed);
    }

    private static void boxes(Map<String, Film> films, LabelTable table, boolean three) {
        for (CsvRows.Row row : table.rows()) {
            Place place = table.place(row);
            int target = place.index(table.field(row, "Target"), 2, "Target");
            String patient = table.field(row, "patientId");
            Film known = films.get(patient);
            if (three && (known == null || known.label == THREE.size() - 1 != (target == 1))) {
                throw place.error("Target is " + target + ", and the other table says "
                        + (known == null ? "nothing of this patient" : THREE.get(known.label)) + " (correct one)");
            }
            Film film = three ? known : film(films, table, row, target);
            if (target == 1) {
                film.boxes.add(new Mark.Rectangle(three ? THREE.size() - 1 : 1, ChestXray14.box(place,
                        BOX.stream().map(column -> table.field(row, column)).toList())));
            }
        }
    }

    private static Film film(Map<String, Film> films, LabelTable table, CsvRows.Row row, int label) {
        Place place = table.place(row);
        Film film = films.computeIfAbsent(table.field(row, "patientId"), _ -> new Film(place, label));
        if (film.label != label) {
            throw place.error("another class than at " + film.place + " (a patient has one: correct a row)");
        }
        return film;
    }
}
