package dev.panacea.ace.label;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.label.SetBuilder.Entry;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * ChestX-Det, films with outlines of findings: {@code ChestX_Det_train.json} and {@code ChestX_Det_test.json}; without
 * them the older {@code ChestX_Det10_*.json}, which has boxes alone. A film with an empty list is a normal one.
 * Patients are not told; each film counts as one.
 */
final class ChestXDet {
    private static final List<String> LABELS = List.of("Atelectasis", "Calcification", "Cardiomegaly", "Consolidation",
            "Diffuse Nodule", "Effusion", "Emphysema", "Fibrosis", "Fracture", "Mass", "Nodule", "Pleural Thickening",
            "Pneumothorax");

    private ChestXDet() {}

    static LabelSet read(PictureIndex index, long seed) {
        SetBuilder set = new SetBuilder("ChestX-Det", LabelSet.Kind.ANY, LABELS, index);
        List<Path> newer = index.lists("ChestX.?Det_.*\\.json");
        for (Path list : newer.isEmpty() ? index.lists("ChestX.?Det10.*\\.json") : newer) {
            Split split = SplitLists.of(list.getFileName().toString());
            PictureIndex own = split == null ? index : index.where(path ->
                    path.contains(split.name().toLowerCase(Locale.ROOT)));
            int number = 0;
            for (JsonNode film : tree(list)) {
                Place place = new Place(list, ++number);
                String name = film.path("file_name").asText("");
                if (name.isEmpty() || !film.path("syms").isArray()) {
                    throw place.error("no file_name or no syms (need both)");
                }
                Path file = own.find(name);
                set.add(place, entry(set, place, name, split, film), file == null ? index.find(name) : file);
            }
        }
        return set.build(Frame.square(1024), seed);
    }

    private static JsonNode tree(Path list) {
        try {
            JsonNode tree = new ObjectMapper().readTree(ImageList.text(list));
            if (!tree.isArray()) {
                throw new DataException(list + ": no list of films (need [{\"file_name\": …}, …])");
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw new DataException(list + ": not JSON: line " + (e.getLocation() == null ? "unknown"
                    : e.getLocation().getLineNr()) + " (download it again)", e);
        }
    }

    private static Entry entry(SetBuilder set, Place place, String name, Split split, JsonNode film) {
        float[] targets = set.none();
        List<Mark> marks = new ArrayList<>();
        JsonNode syms = film.path("syms");
        JsonNode polygons = film.path("polygons");
        JsonNode boxes = film.path("boxes");
        boolean outlined = polygons.isArray();
        if ((outlined ? polygons : boxes).size() != syms.size()) {
            throw place.error(syms.size() + " syms and " + (outlined ? polygons : boxes).size() + " "
                    + (outlined ? "polygons" : "boxes") + " (need one for each)");
        }
        for (int i = 0; i < syms.size(); i++) {
            int label = set.label(syms.get(i).asText(), place);
            targets[label] = 1;
            marks.add(outlined ? new Mark.Outline(label, corners(place, polygons.get(i)))
                    : new Mark.Rectangle(label, box(place, boxes.get(i))));
        }
        return new Entry(name, name, split, targets, marks);
    }

    private static List<Point> corners(Place place, JsonNode polygon) {
        List<Point> corners = new ArrayList<>();
        for (JsonNode corner : polygon) {
            corners.add(new Point(place.number(corner.path(0).asText(), "x of a corner"),
                    place.number(corner.path(1).asText(), "y of a corner")));
        }
        return corners;
    }

    /** From left, upper, right and lower edge. */
    private static Box box(Place place, JsonNode edges) {
        double[] at = new double[4];
        for (int i = 0; i < 4; i++) {
            at[i] = place.number(edges.path(i).asText(), "edge of a box");
        }
        return new Box(at[0], at[1], at[2] - at[0], at[3] - at[1]);
    }
}
