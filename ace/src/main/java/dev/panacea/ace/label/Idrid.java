package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.label.SetBuilder.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * IDRiD, fundus photographs: grades of retinopathy, the centres of fovea and optic disc, masks of lesions. Its splits
 * are official. Training and test pictures of the first two parts share their names, and lie in folders of their own;
 * those of the third are numbered through. Each picture counts as a patient, for the set does not tell them.
 */
final class Idrid {
    private static final Frame FRAME = new Frame(4288, 2848);
    private static final List<String> POINTS = List.of("Optic disc", "Fovea");
    private static final List<String> LESIONS = List.of("Microaneurysms", "Haemorrhages", "Hard exudates",
            "Soft exudates", "Optic disc");
    private static final List<String> ENDINGS = List.of("MA", "HE", "EX", "SE", "OD");
    private static final Pattern MASK = Pattern.compile("(IDRiD_(\\d{1,6}))_(MA|HE|EX|SE|OD)\\.\\w+");
    private static final int LAST_OF_TRAINING = 54;

    private Idrid() {}

    static LabelSet grades(PictureIndex index, long seed) {
        SetBuilder set = new SetBuilder("IDRiD grades", LabelSet.Kind.ONE, EyePacs.GRADES, index);
        for (String part : List.of("Training", "Testing")) {
            Path file = index.list(".*Disease Grading_" + part + ".*\\.csv");
            PictureIndex pictures = part(index, part);
            LabelTable table = file == null ? null : LabelTable.read(file, "Image name", "Retinopathy grade");
            for (CsvRows.Row row : table == null ? List.<CsvRows.Row>of() : table.rows()) {
                Place place = table.place(row);
                String name = table.field(row, "Image name");
                set.add(place, new Entry(name, part + " " + name, split(part), set.one(place.index(
                        table.field(row, "Retinopathy grade"), EyePacs.GRADES.size(), "grade")), List.of()),
                        pictures.find(name));
            }
        }
        return set.build(null, seed);
    }

    static LabelSet points(PictureIndex index, long seed) {
        SetBuilder set = new SetBuilder("IDRiD points", LabelSet.Kind.MARKS, POINTS, index);
        for (String part : List.of("Training", "Testing")) {
            Map<String, List<Mark>> marks = new LinkedHashMap<>();
            Map<String, Place> places = new LinkedHashMap<>();
            for (int label = 0; label < POINTS.size(); label++) {
                Path file = index.list("IDRiD_" + List.of("OD", "Fovea").get(label) + "_Center_" + part + ".*\\.csv");
                for (CsvRows.Row row : file == null ? List.<CsvRows.Row>of() : LabelTable.read(file).rows()) {
                    String name = row.fields().getFirst();
                    if (name.isEmpty()) {
                        continue; // the tables end in rows of commas
                    }
                    Place place = new Place(file, row.line());
                    if (row.fields().size() < 3) {
                        throw place.error(row.fields().size() + " fields (need image, x, y)");
                    }
                    places.putIfAbsent(name, place);
                    marks.computeIfAbsent(name, _ -> new ArrayList<>()).add(new Mark.Spot(label, new Point(
                            place.number(row.fields().get(1), "x"), place.number(row.fields().get(2), "y"))));
                }
            }
            PictureIndex pictures = part(index, part);
            marks.forEach((name, all) -> set.add(places.get(name), new Entry(name, part + " " + name, split(part),
                    set.unknown(), all), pictures.find(name)));
        }
        return set.build(FRAME, seed);
    }

    static LabelSet lesions(PictureIndex index, long seed) {
        SetBuilder set = new SetBuilder("IDRiD lesions", LabelSet.Kind.MARKS, LESIONS, index);
        Map<String, List<Mark>> masks = new LinkedHashMap<>();
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (Path file : index.pictures()) {
            Matcher name = MASK.matcher(file.getFileName().toString());
            if (name.matches()) {
                numbers.put(name.group(1), Integer.parseInt(name.group(2)));
                masks.computeIfAbsent(name.group(1), _ -> new ArrayList<>())
                        .add(new Mark.MaskFile(ENDINGS.indexOf(name.group(3)), file));
            }
        }
        masks.forEach((name, all) -> set.add(new Place(index.root(), 0), new Entry(name, name,
                numbers.get(name) <= LAST_OF_TRAINING ? Split.TRAIN : Split.TEST, set.unknown(), all)));
        return set.build(null, seed);
    }

    private static PictureIndex part(PictureIndex index, String part) {
        return index.where(path -> path.contains(part.toLowerCase(Locale.ROOT)));
    }

    private static Split split(String part) {
        return part.equals("Training") ? Split.TRAIN : Split.TEST;
    }
}
