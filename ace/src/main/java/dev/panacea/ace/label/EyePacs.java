package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.label.SetBuilder.Entry;
import java.nio.file.Path;
import java.util.List;

/**
 * The fundus photographs of EyePACS: {@code trainLabels.csv} with {@code image,level}, and where it is there
 * {@code retinopathy_solution.csv}, the official test part. A patient has a left and a right eye.
 */
final class EyePacs {
    static final List<String> GRADES = List.of("No retinopathy", "Mild", "Moderate", "Severe", "Proliferative");

    private EyePacs() {}

    static LabelSet read(PictureIndex index, long seed) {
        SetBuilder set = new SetBuilder("EyePACS", LabelSet.Kind.ONE, GRADES, index);
        List<Path> files = index.lists(".*\\.csv").stream().filter(file -> {
            LabelTable table = LabelTable.read(file);
            return table.has("image") && table.has("level");
        }).toList();
        for (Path file : files) {
            LabelTable table = LabelTable.read(file);
            for (CsvRows.Row row : table.rows()) {
                Place place = table.place(row);
                String name = table.field(row, "image");
                float[] targets = set.one(place.index(table.field(row, "level"), GRADES.size(), "level"));
                String patient = PictureIndex.stem(PictureIndex.last(name)).replaceFirst("_(left|right)$", "");
                set.add(place, new Entry(name, patient, files.size() == 1 ? null : split(file), targets, List.of()));
            }
        }
        return set.build(null, seed);
    }

    private static Split split(Path file) {
        String name = file.getFileName().toString();
        Split split = name.contains("solution") ? Split.TEST : SplitLists.of(name);
        return split == null ? Split.TRAIN : split;
    }
}
