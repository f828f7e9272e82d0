package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.label.SetBuilder.Entry;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * A table of the user's own, the only one of its folder. A column {@code image} names pictures; {@code patient} and
 * {@code split} (train, val, test) may be there. The rest is one of four: a column {@code label} names the class of
 * each picture; columns {@code mask_NAME} name pictures of masks; columns {@code x_NAME} and {@code y_NAME} are points
 * in pixels; or each other column is a label of 1, 0, or nothing where it is not known.
 */
final class OwnTable {
    private static final String IMAGE = "image";
    private static final String PATIENT = "patient";
    private static final String SPLIT = "split";
    private static final String LABEL = "label";
    private static final Map<String, Split> SPLITS = Map.of("train", Split.TRAIN, "val", Split.VALIDATION,
            "validation", Split.VALIDATION, "test", Split.TEST);

    private OwnTable() {}

    static LabelSet read(PictureIndex index, LabelOptions options) {
        Path file = index.list(".*\\.csv");
        if (file == null) {
            throw new DataException(index.root() + ": no table (need one that ends in .csv)");
        }
        LabelTable table = LabelTable.read(file, IMAGE);
        TableMarks marks = TableMarks.of(table);
        boolean one = table.has(LABEL) && options.columns().isEmpty();
        boolean marked = !marks.names().isEmpty() && !one && options.columns().isEmpty();
        List<String> labels = marked ? marks.names() : one ? classes(table) : columns(table, options.columns());
        SetBuilder set = new SetBuilder("csv", marked ? LabelSet.Kind.MARKS : one ? LabelSet.Kind.ONE
                : LabelSet.Kind.ANY, labels, index);
        for (CsvRows.Row row : table.rows()) {
            Place place = table.place(row);
            String name = table.field(row, IMAGE);
            if (name.isEmpty()) {
                throw place.error("no name of a picture (need one in column image)");
            }
            String patient = table.field(row, PATIENT);
            if (patient.isEmpty() && table.has(PATIENT)) {
                throw place.error("no patient (every row needs one, or leave the column out)");
            }
            set.add(place, new Entry(name, patient.isEmpty() ? name : patient, split(table, row),
                    marked ? set.unknown() : one ? set.one(labels.indexOf(table.field(row, LABEL)))
                            : targets(table, row, labels), marked ? marks.read(index, row) : List.of()));
        }
        return set.build(null, options.seed());
    }

    private static List<String> classes(LabelTable table) {
        TreeSet<String> classes = new TreeSet<>();
        for (CsvRows.Row row : table.rows()) {
            String label = table.field(row, LABEL);
            if (label.isEmpty()) {
                throw table.place(row).error("no label (every row needs one)");
            }
            classes.add(label);
        }
        return List.copyOf(classes);
    }

    private static List<String> columns(LabelTable table, List<String> wanted) {
        for (String column : wanted) {
            SetBuilder.label(column, table.header(), new Place(table.file(), 1));
        }
        List<String> labels = !wanted.isEmpty() ? wanted : table.header().stream()
                .filter(column -> !List.of("", IMAGE, PATIENT, SPLIT).contains(column.toLowerCase(Locale.ROOT)))
                .toList();
        if (labels.isEmpty()) {
            throw new DataException(table.file() + ": no column of labels (need label, or one for each)");
        }
        return labels;
    }

    private static Split split(LabelTable table, CsvRows.Row row) {
        if (!table.has(SPLIT)) {
            return null;
        }
        String name = table.field(row, SPLIT);
        Split split = SPLITS.get(name.toLowerCase(Locale.ROOT));
        if (split == null) {
            throw table.place(row).error("split is " + DataException.shown(name) + " (need train, val or test)");
        }
        return split;
    }

    private static float[] targets(LabelTable table, CsvRows.Row row, List<String> labels) {
        float[] targets = new float[labels.size()];
        for (int i = 0; i < targets.length; i++) {
            String field = table.field(row, labels.get(i));
            targets[i] = switch (field) {
                case "1", "1.0" -> 1;
                case "0", "0.0" -> 0;
                case "", "nan", "NaN", "NA" -> Float.NaN;
                default -> throw table.place(row).error(labels.get(i) + " is " + DataException.shown(field)
                        + " (need 1, 0 or nothing; a column that is no label is left out by naming those that are)");
            };
        }
        return targets;
    }
}
