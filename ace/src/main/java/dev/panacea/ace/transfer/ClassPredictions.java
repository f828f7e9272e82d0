package dev.panacea.ace.transfer;

import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.metric.Confusion;
import dev.panacea.ace.metric.Roc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Probabilities of labels. The numbers are, where any label may be true ({@link LabelSet.Kind#ANY}):
 *
 * <ul>
 * <li>{@code mean AUC}: the mean over labels of the area under the ROC curve. A label that is true of all pictures, or
 *     of none, has no area and is not counted;
 * <li>{@code accuracy}: the mean over labels of the share of pictures for which a probability of 0.5 or more, or less,
 *     tells the truth;
 * <li>{@code F1}: at the same threshold, the mean over labels of F1; a label that is neither true nor predicted
 *     anywhere is not counted;
 * <li>{@code AUC <label>} of each label.
 * </ul>
 *
 * <p>Where one label is true of each picture ({@link LabelSet.Kind#ONE}) the most probable is predicted: {@code
 * accuracy} is the share of pictures whose label was found, {@code macro F1} the mean of F1 over the labels that occur,
 * and areas are those of one label against the rest.
 *
 * <p>Targets that are not known count in no number.
 *
 * @param names of the pictures
 * @param labels their names
 * @param kind what targets say
 * @param primary {@code mean AUC} or {@code accuracy}
 * @param scores [pictures, labels], 0..1
 * @param targets [pictures, labels]: 1 (yes), 0 (no), NaN (not known)
 */
public record ClassPredictions(List<String> names, List<String> labels, LabelSet.Kind kind, String primary,
        double[][] scores, float[][] targets) implements Predictions {
    /** The number that multi-label sets are usually reported by. */
    public static final String MEAN_AUC = "mean AUC";
    /** The number that sets of classes are usually reported by. */
    public static final String ACCURACY = "accuracy";

    private static final double THRESHOLD = 0.5;

    /**
     * Copies the lists, and checks that all belongs together.
     *
     * @throws IllegalArgumentException if it does not, or a score is no number
     */
    public ClassPredictions {
        names = List.copyOf(names);
        labels = List.copyOf(labels);
        if (kind == LabelSet.Kind.MARKS || !primary.equals(MEAN_AUC) && !primary.equals(ACCURACY)) {
            throw new IllegalArgumentException("predictions: " + kind + " by " + primary + " (need ANY or ONE by "
                    + MEAN_AUC + " or " + ACCURACY + ")");
        }
        boolean full = scores.length == names.size() && targets.length == names.size();
        for (int i = 0; full && i < scores.length; i++) {
            full = scores[i].length == labels.size() && targets[i].length == labels.size()
                    && Arrays.stream(scores[i]).noneMatch(Double::isNaN);
        }
        if (!full) {
            throw new IllegalArgumentException("predictions: " + names.size() + " pictures, " + labels.size()
                    + " labels (need a score and a target of each)");
        }
    }

    @Override
    public boolean lowerIsBetter() {
        return false;
    }

    @Override
    public Function<int[], SequencedMap<String, Double>> measure() {
        List<RankedLabel> ranked = IntStream.range(0, labels.size())
                .mapToObj(label -> new RankedLabel(scores(label), targets(label))).toList();
        return pictures -> {
            double[] areas = ranked.stream().mapToDouble(label -> label.area(pictures)).toArray();
            SequencedMap<String, Double> numbers = new LinkedHashMap<>();
            numbers.put(MEAN_AUC, Means.mean(areas));
            if (kind == LabelSet.Kind.ONE) {
                Confusion confusion = confusion(pictures);
                numbers.put(ACCURACY, confusion.accuracy());
                numbers.put("macro F1", confusion.macroF1());
            } else {
                List<Confusion> each = IntStream.range(0, labels.size())
                        .mapToObj(label -> confusion(label, pictures)).toList();
                numbers.put(ACCURACY, Means.mean(each.stream().mapToDouble(Confusion::accuracy).toArray()));
                numbers.put("F1", Means.mean(each.stream().mapToDouble(ClassPredictions::f1).toArray()));
            }
            for (int label = 0; label < areas.length; label++) {
                numbers.put("AUC " + labels.get(label), areas[label]);
            }
            return numbers;
        };
    }

    /** F1 of what is true; NaN where nothing is or was taken for it. */
    private static double f1(Confusion confusion) {
        return confusion.counts()[0][0] == confusion.total() ? Double.NaN : confusion.f1(1);
    }

    private double[] scores(int label) {
        return Arrays.stream(scores).mapToDouble(row -> row[label]).toArray();
    }

    private float[] targets(int label) {
        float[] column = new float[targets.length];
        for (int i = 0; i < column.length; i++) {
            column[i] = targets[i][label];
        }
        return column;
    }

    /**
     * How often pictures of one label were taken for another, where one label is true of each.
     *
     * @throws IllegalStateException if any label may be true
     */
    public Confusion confusion() {
        if (kind != LabelSet.Kind.ONE) {
            throw new IllegalStateException("predictions: any label may be true (ask for the confusion of one)");
        }
        return confusion(all());
    }

    /** How often a label that is false (0) or true (1) was taken for false or true, at 0.5. */
    public Confusion confusion(int label) {
        return confusion(label, all());
    }

    private int[] all() {
        return IntStream.range(0, names.size()).toArray();
    }

    private Confusion confusion(int[] pictures) {
        long[][] counts = new long[labels.size()][labels.size()];
        for (int picture : pictures) {
            int truth = truth(picture);
            if (truth >= 0) {
                counts[truth][predicted(picture)]++;
            }
        }
        return new Confusion(counts);
    }

    private Confusion confusion(int label, int[] pictures) {
        long[][] counts = new long[2][2];
        for (int picture : pictures) {
            float target = targets[picture][label];
            if (!Float.isNaN(target)) {
                counts[target == 1 ? 1 : 0][scores[picture][label] >= THRESHOLD ? 1 : 0]++;
            }
        }
        return new Confusion(counts);
    }

    /** The label of a picture; −1 where it is not known. */
    private int truth(int picture) {
        return IntStream.range(0, labels.size()).filter(label -> targets[picture][label] == 1).findFirst().orElse(-1);
    }

    /** The most probable label of a picture, of several the first. */
    private int predicted(int picture) {
        int best = 0;
        for (int label = 1; label < labels.size(); label++) {
            best = scores[picture][label] > scores[picture][best] ? label : best;
        }
        return best;
    }

    /** The ROC curve of a label, over the pictures of which it is known; empty if it is true of all or of none. */
    public Optional<Roc> roc(int label) {
        int[] known = IntStream.range(0, names.size()).filter(i -> !Float.isNaN(targets[i][label])).toArray();
        boolean[] truth = new boolean[known.length];
        for (int i = 0; i < known.length; i++) {
            truth[i] = targets[known[i]][label] == 1;
        }
        return Roc.of(Arrays.stream(known).mapToDouble(i -> scores[i][label]).toArray(), truth);
    }

    /**
     * Columns: {@code image}; a probability for each label, named as it; then {@code true <label>} for each label,
     * which is 1, 0, or empty where it is not known. Where one label is true of each picture, {@code predicted} and
     * {@code true} in their place.
     */
    @Override
    public List<List<String>> rows() {
        boolean one = kind == LabelSet.Kind.ONE;
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("image"));
        head.addAll(labels);
        head.addAll(one ? List.of("predicted", "true") : labels.stream().map(label -> "true " + label).toList());
        rows.add(head);
        for (int picture = 0; picture < names.size(); picture++) {
            List<String> row = new ArrayList<>(List.of(names.get(picture)));
            Arrays.stream(scores[picture]).mapToObj(Means::shown).forEach(row::add);
            if (one) {
                row.add(labels.get(predicted(picture)));
                row.add(truth(picture) < 0 ? "" : labels.get(truth(picture)));
            } else {
                for (float target : targets[picture]) {
                    row.add(Float.isNaN(target) ? "" : target == 1 ? "1" : "0");
                }
            }
            rows.add(row);
        }
        return rows;
    }
}
