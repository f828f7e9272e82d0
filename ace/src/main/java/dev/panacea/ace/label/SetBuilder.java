package dev.panacea.ace.label;

import dev.panacea.nn.Spelling;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.RandomSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Gathers the rows of a data set, checks what all sets have in common, and draws the splits that it does not have. */
final class SetBuilder {
    private static final double TEST_SHARE = 0.2;
    private static final double VALIDATION_SHARE = 0.1;

    private final String name;
    private final LabelSet.Kind kind;
    private final List<String> labels;
    private final PictureIndex pictures;
    private final SequencedMap<String, Row> rows = new LinkedHashMap<>();

    /**
     * What a list says of one picture.
     *
     * @param picture its name in the list
     * @param patient whose it is
     * @param split null where the set has none
     * @param targets as in {@link Labelled}
     * @param marks as in {@link Labelled}
     */
    record Entry(String picture, String patient, Split split, float[] targets, List<Mark> marks) {}

    private record Drawn(String patient, double place) {}

    private record Row(Place place, Entry entry, Path file) {}

    SetBuilder(String name, LabelSet.Kind kind, List<String> labels, PictureIndex pictures) {
        this.name = name;
        this.kind = kind;
        this.labels = labels;
        this.pictures = pictures;
    }

    /**
     * The number of a label.
     *
     * @throws DataException if there is none of this name
     */
    int label(String asked, Place place) {
        return label(asked, labels, place);
    }

    /** The number of a label among some. */
    static int label(String asked, List<String> labels, Place place) {
        String plain = plain(asked);
        for (int i = 0; i < labels.size(); i++) {
            if (plain(labels.get(i)).equals(plain)) {
                return i;
            }
        }
        Optional<String> near = labels.stream().filter(known -> Spelling.near(plain, plain(known)))
                .min(Comparator.comparingInt(known -> Spelling.distance(plain, plain(known))));
        throw place.error("unknown label " + DataException.shown(asked) + " (" + near.map(known -> "is it " + known
                + "?").orElse("need one of: " + String.join(", ", labels)) + ")");
    }

    private static String plain(String label) {
        return label.strip().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Targets that are all no. */
    float[] none() {
        return new float[labels.size()];
    }

    /** Targets of which one is yes. */
    float[] one(int label) {
        float[] targets = none();
        targets[label] = 1;
        return targets;
    }

    /** Targets of which nothing is known. */
    float[] unknown() {
        float[] targets = none();
        Arrays.fill(targets, Float.NaN);
        return targets;
    }

    /**
     * Adds a picture.
     *
     * @throws DataException if it was listed before
     */
    void add(Place place, Entry entry) {
        add(place, entry, pictures.find(entry.picture()));
    }

    /** Adds a picture whose file is known; null where it is missing. */
    void add(Place place, Entry entry, Path file) {
        String key = file == null ? "missing " + place.list().getFileName() + " " + entry.picture() : file.toString();
        Row before = rows.putIfAbsent(key, new Row(place, entry, file));
        if (before != null) {
            throw place.error(DataException.shown(entry.picture()) + " is listed already at " + before.place
                    + (before.entry.split() == entry.split() ? " (remove one)" : " (splits overlap: remove one)"));
        }
    }

    /**
     * The set, with a split for every picture: that of its lists; a tenth of the training patients for validation
     * where lists tell test alone; and where they tell nothing, 7 to 1 to 2 by patient.
     *
     * @throws DataException if there is no picture, or a patient is in two splits
     */
    LabelSet build(Frame frame, long seed) {
        if (rows.isEmpty()) {
            throw new DataException(pictures.root() + ": no list of " + name + " names a picture (check the folder)");
        }
        Map<String, Split> drawn = drawn(seed);
        List<Labelled> labelled = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        Map<String, Row> patients = new HashMap<>();
        for (Row row : rows.values()) {
            Entry entry = row.entry;
            Split split = drawn.getOrDefault(entry.patient(), entry.split());
            Row first = patients.putIfAbsent(entry.patient(), row);
            if (first != null && first.entry.split() != entry.split()) {
                throw row.place.error("patient " + DataException.shown(entry.patient()) + " is in "
                        + word(entry.split()) + " here, and in " + word(first.entry.split()) + " at " + first.place
                        + " (splits overlap: move one)");
            }
            if (row.file == null) {
                missing.add(row.place + ": no picture " + DataException.shown(entry.picture()) + " in "
                        + pictures.root());
            } else {
                labelled.add(new Labelled(row.file, entry.patient(), split, entry.targets(), entry.marks()));
            }
        }
        return new LabelSet(name, kind, labels, Optional.ofNullable(frame), labelled, missing);
    }

    private static String word(Split split) {
        return split == null ? "no split" : split.name().toLowerCase(Locale.ROOT);
    }

    /** The splits of patients that no list tells. */
    private Map<String, Split> drawn(long seed) {
        boolean none = rows.values().stream().allMatch(row -> row.entry.split() == null);
        boolean validated = rows.values().stream().anyMatch(row -> row.entry.split() == Split.VALIDATION);
        RandomSource random = RandomSource.of(seed);
        // A patient's place depends on no other patient, so that a set that grows keeps most of its splits.
        List<String> patients = rows.values().stream()
                .filter(row -> none || !validated && row.entry.split() == Split.TRAIN)
                .map(row -> row.entry.patient()).distinct()
                .map(patient -> new Drawn(patient, random.child(patient.hashCode()).uniform(0)))
                .sorted(Comparator.comparingDouble(Drawn::place).thenComparing(Drawn::patient)).map(Drawn::patient)
                .toList();
        int test = none ? share(patients.size(), TEST_SHARE) : 0;
        int validation = share(patients.size(), VALIDATION_SHARE);
        Map<String, Split> drawn = new HashMap<>();
        for (int i = 0; i < patients.size(); i++) {
            drawn.put(patients.get(i), i < test ? Split.TEST : i < test + validation ? Split.VALIDATION : Split.TRAIN);
        }
        return drawn;
    }

    private static int share(int patients, double share) {
        return patients < 3 ? 0 : Math.max(1, (int) Math.round(share * patients));
    }
}
