package dev.panacea.ace.transfer;

import dev.panacea.ace.metric.Overlap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Masks of labels, as far as they cover the true ones. The numbers are
 *
 * <ul>
 * <li>{@code mean Dice}: the mean over labels of the mean over pictures of Dice's coefficient, which is 1 where both
 *     masks are empty;
 * <li>{@code mean set Dice}: the mean over labels of Dice's coefficient of all pictures taken as one;
 * <li>{@code mean IoU}: as {@code mean Dice}, of intersection over union;
 * <li>{@code Dice <label>}, {@code set Dice <label>} and {@code IoU <label>} of each label.
 * </ul>
 *
 * @param names of the pictures
 * @param labels their names
 * @param overlaps [pictures, labels]; null where the true mask is not known, which counts in no number
 */
public record MaskPredictions(List<String> names, List<String> labels, Overlap[][] overlaps) implements Predictions {
    /**
     * Copies the lists, and checks that all belongs together.
     *
     * @throws IllegalArgumentException if it does not
     */
    public MaskPredictions {
        names = List.copyOf(names);
        labels = List.copyOf(labels);
        int columns = labels.size();
        if (overlaps.length != names.size() || Arrays.stream(overlaps).anyMatch(row -> row.length != columns)) {
            throw new IllegalArgumentException("predictions: " + names.size() + " pictures, " + labels.size()
                    + " labels (need an overlap of each)");
        }
    }

    @Override
    public String primary() {
        return "mean Dice";
    }

    @Override
    public boolean lowerIsBetter() {
        return false;
    }

    @Override
    public Function<int[], SequencedMap<String, Double>> measure() {
        return pictures -> {
            int count = labels.size();
            double[][] values = new double[3][count];
            for (int label = 0; label < count; label++) {
                List<Overlap> known = known(label, pictures);
                values[0][label] = mean(known, Overlap::dice);
                values[1][label] = known.stream().reduce(Overlap::plus).map(Overlap::dice).orElse(Double.NaN);
                values[2][label] = mean(known, Overlap::iou);
            }
            List<String> measures = List.of("Dice", "set Dice", "IoU");
            SequencedMap<String, Double> numbers = new LinkedHashMap<>();
            for (int k = 0; k < measures.size(); k++) {
                numbers.put("mean " + measures.get(k), Means.mean(values[k]));
            }
            for (int k = 0; k < measures.size(); k++) {
                for (int label = 0; label < count; label++) {
                    numbers.put(measures.get(k) + " " + labels.get(label), values[k][label]);
                }
            }
            return numbers;
        };
    }

    private List<Overlap> known(int label, int[] pictures) {
        return Arrays.stream(pictures).mapToObj(picture -> overlaps[picture][label]).filter(Objects::nonNull).toList();
    }

    private static double mean(List<Overlap> overlaps, ToDoubleFunction<Overlap> of) {
        return overlaps.stream().mapToDouble(of).average().orElse(Double.NaN);
    }

    /** Columns: {@code image}, then {@code Dice <label>} and {@code IoU <label>} of each label. */
    @Override
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("image"));
        labels.forEach(label -> head.addAll(List.of("Dice " + label, "IoU " + label)));
        rows.add(head);
        for (int picture = 0; picture < names.size(); picture++) {
            List<String> row = new ArrayList<>(List.of(names.get(picture)));
            for (Overlap overlap : overlaps[picture]) {
                row.add(overlap == null ? "" : Means.shown(overlap.dice()));
                row.add(overlap == null ? "" : Means.shown(overlap.iou()));
            }
            rows.add(row);
        }
        return rows;
    }
}
