package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.label.SetBuilder.Entry;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ChestX-ray14 of the NIH: {@code Data_Entry_2017*.csv}, with {@code train_val_list.txt} and {@code test_list.txt}
 * where they are there; or, where that table is not, lists of a name and 14 numbers a line. Boxes come from
 * {@code BBox_List_2017.csv}, whose header names too few columns, and which calls an infiltration an infiltrate.
 */
final class ChestXray14 {
    static final List<String> LABELS = List.of("Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass",
            "Nodule", "Pneumonia", "Pneumothorax", "Consolidation", "Edema", "Emphysema", "Fibrosis",
            "Pleural_Thickening", "Hernia");
    private static final Frame FRAME = Frame.square(1024);
    private static final String NONE = "No Finding";

    private ChestXray14() {}

    static LabelSet read(PictureIndex index, long seed) {
        SetBuilder set = new SetBuilder("ChestX-ray14", LabelSet.Kind.ANY, LABELS, index);
        Path table = index.list("Data_Entry_2017.*\\.csv");
        if (table != null) {
            table(set, index, table);
        } else {
            SplitLists.add(set, index, LABELS.size(), ChestXray14::targets, ChestXray14::patient);
        }
        return set.build(FRAME, seed);
    }

    /** The patient's number, with which names begin. */
    static String patient(String name) {
        String plain = PictureIndex.last(name);
        return plain.substring(0, Math.max(plain.indexOf('_'), 0)).isEmpty() ? plain
                : plain.substring(0, plain.indexOf('_'));
    }

    private static float[] targets(Place place, List<String> numbers) {
        float[] targets = new float[numbers.size()];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = place.index(numbers.get(i), 2, LABELS.get(i));
        }
        return targets;
    }

    private static void table(SetBuilder set, PictureIndex index, Path file) {
        LabelTable table = LabelTable.read(file, "Image Index", "Finding Labels", "Patient ID");
        Map<String, Split> splits = new HashMap<>();
        list(index.list("train_val_list.*\\.txt"), Split.TRAIN, splits);
        list(index.list("test_list.*\\.txt"), Split.TEST, splits);
        Map<String, List<Mark>> boxes = boxes(index.list("BBox_List_2017.*\\.csv"));
        for (CsvRows.Row row : table.rows()) {
            Place place = table.place(row);
            String name = table.field(row, "Image Index");
            Split split = splits.get(name);
            if (split == null && !splits.isEmpty()) {
                throw place.error(DataException.shown(name) + " is in neither train_val_list nor test_list (add it)");
            }
            float[] targets = set.none();
            for (String label : table.field(row, "Finding Labels").split("\\|", -1)) {
                if (!label.equals(NONE)) {
                    targets[set.label(label, place)] = 1;
                }
            }
            String patient = table.field(row, "Patient ID");
            if (patient.isEmpty()) {
                throw place.error("no patient (every row needs one)");
            }
            set.add(place, new Entry(name, patient, split, targets, boxes.getOrDefault(name, List.of())));
        }
    }

    private static void list(Path file, Split split, Map<String, Split> splits) {
        for (CsvRows.Row row : file == null ? List.<CsvRows.Row>of() : CsvRows.words(file)) {
            Split before = splits.put(row.fields().getFirst(), split);
            if (before != null && before != split) {
                throw new Place(file, row.line()).error(DataException.shown(row.fields().getFirst())
                        + " is in the other list too (splits overlap: remove one)");
            }
        }
    }

    private static Map<String, List<Mark>> boxes(Path file) {
        Map<String, List<Mark>> boxes = new HashMap<>();
        if (file == null) {
            return boxes;
        }
        LabelTable table = LabelTable.read(file, "Image Index", "Finding Label");
        for (CsvRows.Row row : table.rows()) {
            Place place = table.place(row);
            List<String> fields = row.fields();
            if (fields.size() < 6) {
                throw place.error(fields.size() + " fields (need image, label, x, y, width, height)");
            }
            String label = fields.get(1).equals("Infiltrate") ? "Infiltration" : fields.get(1);
            boxes.computeIfAbsent(fields.getFirst(), _ -> new ArrayList<>()).add(new Mark.Rectangle(
                    SetBuilder.label(label, LABELS, place), box(place, fields.subList(2, 6))));
        }
        return boxes;
    }

    /** A box of four fields: x, y, width, height. */
    static Box box(Place place, List<String> fields) {
        double[] edges = new double[4];
        for (int i = 0; i < 4; i++) {
            edges[i] = place.number(fields.get(i), List.of("x", "y", "width", "height").get(i));
        }
        if (edges[2] <= 0 || edges[3] <= 0) {
            throw place.error("box of " + edges[2] + " x " + edges[3] + " pixels (need sides above 0)");
        }
        return new Box(edges[0], edges[1], edges[2], edges[3]);
    }
}
