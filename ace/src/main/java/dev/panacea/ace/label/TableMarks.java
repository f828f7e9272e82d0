package dev.panacea.ace.label;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.drawn.Point;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The marks of a user's own table: masks, or points. Fields may be empty where there is none.
 *
 * @param table the table
 * @param names what is marked
 * @param masks whether by masks
 */
record TableMarks(LabelTable table, List<String> names, boolean masks) {
    private static final String MASK = "mask_";
    private static final String X = "x_";
    private static final String Y = "y_";

    /** The marks that the names of columns tell; without names where there are none. */
    static TableMarks of(LabelTable table) {
        List<String> masks = names(table, MASK);
        return new TableMarks(table, masks.isEmpty() ? names(table, X) : masks, !masks.isEmpty());
    }

    private static List<String> names(LabelTable table, String start) {
        return table.header().stream().filter(column -> column.toLowerCase(Locale.ROOT).startsWith(start))
                .map(column -> column.substring(start.length())).toList();
    }

    /**
     * The marks of a row.
     *
     * @throws DataException if a mask is missing, or a point has no x or y
     */
    List<Mark> read(PictureIndex index, CsvRows.Row row) {
        Place place = table.place(row);
        List<Mark> marks = new ArrayList<>();
        for (int label = 0; label < names.size(); label++) {
            String name = names.get(label);
            String field = table.field(row, (masks ? MASK : X) + name);
            String y = masks ? "" : table.field(row, Y + name);
            if (field.isEmpty() && y.isEmpty()) {
                continue;
            }
            if (masks) {
                Path mask = index.find(field);
                if (mask == null) {
                    throw place.error("no mask " + DataException.shown(field) + " in " + index.root()
                            + " (add it, or leave the field empty)");
                }
                marks.add(new Mark.MaskFile(label, mask));
            } else {
                marks.add(new Mark.Spot(label, new Point(place.number(field, X + name), place.number(y, Y + name))));
            }
        }
        return marks;
    }
}
