package dev.panacea.ace.label;

import dev.panacea.ace.label.SetBuilder.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The films of JSRT, raw ({@code JPCLN001.IMG}) or converted, with the masks of SCR: files of the film's name in
 * folders {@code heart}, {@code left lung}, {@code right lung}, {@code left clavicle} and {@code right clavicle}. Masks
 * of clavicles overlap those of lungs. Films whose masks lie in {@code fold2} are for testing, those in {@code fold1}
 * for training, as SCR has it; where there are no such folders, splits are drawn. Each film is of another patient.
 */
final class Jsrt {
    private static final List<String> LABELS = List.of("Heart", "Left lung", "Right lung", "Left clavicle",
            "Right clavicle");
    private static final Pattern FILM = Pattern.compile("(JPC(?:LN|NN)\\d{3})\\.\\w+", Pattern.CASE_INSENSITIVE);

    private Jsrt() {}

    /** What lies in the folder of one film. */
    private static final class Film {
        private Path file;
        private Split split;
        private final List<Mark> masks = new ArrayList<>();
    }

    static LabelSet read(PictureIndex index, long seed) {
        SetBuilder set = new SetBuilder("JSRT", LabelSet.Kind.MARKS, LABELS, index);
        Map<String, Film> films = new TreeMap<>();
        for (Path path : index.pictures()) {
            Matcher name = FILM.matcher(path.getFileName().toString());
            if (!name.matches()) {
                continue;
            }
            Film film = films.computeIfAbsent(name.group(1).toUpperCase(Locale.ROOT), _ -> new Film());
            int organ = organ(path.getParent());
            if (organ >= 0) {
                film.masks.add(new Mark.MaskFile(organ, path));
                String folders = index.root().relativize(path).toString();
                film.split = folders.contains("fold1") ? Split.TRAIN : folders.contains("fold2") ? Split.TEST : null;
            } else if (film.file != null) {
                throw new Place(index.root(), 0).error("two pictures of one film: " + film.file + " and " + path
                        + " (keep one)");
            } else {
                film.file = path;
            }
        }
        boolean masked = films.values().stream().anyMatch(film -> !film.masks.isEmpty());
        for (Map.Entry<String, Film> one : films.entrySet()) {
            Film film = one.getValue();
            Place place = new Place(index.root(), 0);
            if (masked && film.masks.isEmpty()) {
                throw place.error("no mask of " + one.getKey() + " in a folder such as heart (add masks or remove it)");
            }
            set.add(place, new Entry(one.getKey(), one.getKey(), film.split, set.unknown(), film.masks), film.file);
        }
        return set.build(null, seed);
    }

    private static int organ(Path folder) {
        String name = String.valueOf(folder.getFileName()).toLowerCase(Locale.ROOT).replaceAll("[ _-]+", " ");
        return LABELS.stream().map(label -> label.toLowerCase(Locale.ROOT)).toList().indexOf(name);
    }
}
