package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.label.SetBuilder.Entry;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The chest X-rays of Shenzhen: tables of {@code name,label}, one a split where their names tell; or, where there is
 * none, the ends of the file names, {@code CHNCXR_0001_0.png}. Each picture is of another patient.
 */
final class Shenzhen {
    private static final Pattern NAMED = Pattern.compile("CHNCXR_\\d+_([01])\\.\\w+");

    private Shenzhen() {}

    static LabelSet read(PictureIndex index, long seed) {
        SetBuilder set = new SetBuilder("Shenzhen", LabelSet.Kind.ANY, List.of("Tuberculosis"), index);
        boolean listed = false;
        for (Path file : index.lists(".*\\.csv")) {
            LabelTable table = LabelTable.read(file);
            if (!table.has("name") || !table.has("label")) {
                continue;
            }
            listed = true;
            for (CsvRows.Row row : table.rows()) {
                Place place = table.place(row);
                String name = table.field(row, "name");
                float label = place.index(table.field(row, "label"), 2, "label");
                set.add(place, new Entry(name, PictureIndex.stem(PictureIndex.last(name)),
                        SplitLists.of(file.getFileName().toString()), new float[] {label}, List.of()));
            }
        }
        for (Path file : listed ? List.<Path>of() : index.pictures()) {
            String name = file.getFileName().toString();
            Matcher named = NAMED.matcher(name);
            if (named.matches()) {
                set.add(new Place(index.root(), 0), new Entry(name, PictureIndex.stem(name), null,
                        new float[] {named.group(1).equals("1") ? 1 : 0}, List.of()), file);
            }
        }
        return set.build(null, seed);
    }
}
