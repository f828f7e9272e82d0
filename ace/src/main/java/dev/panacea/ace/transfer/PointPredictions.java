package dev.panacea.ace.transfer;

import dev.panacea.ace.drawn.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Places of landmarks, in pixels of square views. The numbers are distances to the truth, over all landmarks whose
 * place is known: {@code mean error} and {@code median error} in pixels of the view; {@code error at 448}, the mean
 * again as if views were of 448 pixels, which runs of other sizes can be compared by; and {@code error <label>}, the
 * mean of one landmark, in pixels of the view.
 *
 * @param names of the pictures
 * @param labels names of the landmarks
 * @param predicted [pictures, labels]
 * @param truth [pictures, labels]; null where a place is not known
 * @param pixels side of the views
 */
public record PointPredictions(List<String> names, List<String> labels, Point[][] predicted, Point[][] truth,
        int pixels) implements Predictions {
    private static final int COMPARED_PIXELS = 448; // the views of the paper

    /**
     * Copies the lists, and checks that all belongs together.
     *
     * @throws IllegalArgumentException if it does not
     */
    public PointPredictions {
        names = List.copyOf(names);
        labels = List.copyOf(labels);
        int columns = labels.size();
        boolean full = predicted.length == names.size() && truth.length == names.size()
                && Arrays.stream(predicted).allMatch(row -> row.length == columns)
                && Arrays.stream(truth).allMatch(row -> row.length == columns);
        if (!full || pixels < 1) {
            throw new IllegalArgumentException("predictions: " + names.size() + " pictures of " + pixels + " pixels, "
                    + labels.size() + " landmarks (need a place and a truth of each)");
        }
    }

    @Override
    public String primary() {
        return "mean error";
    }

    @Override
    public boolean lowerIsBetter() {
        return true;
    }

    /** How far from the truth a landmark was predicted, in pixels of the view; NaN where the truth is not known. */
    public double error(int picture, int label) {
        Point found = predicted[picture][label];
        Point known = truth[picture][label];
        return known == null ? Double.NaN : Math.hypot(found.x() - known.x(), found.y() - known.y());
    }

    @Override
    public Function<int[], SequencedMap<String, Double>> measure() {
        double[][] errors = new double[names.size()][labels.size()];
        for (int picture = 0; picture < errors.length; picture++) {
            int row = picture;
            Arrays.setAll(errors[row], label -> error(row, label));
        }
        return pictures -> {
            double[] all = Arrays.stream(pictures).boxed().flatMapToDouble(i -> Arrays.stream(errors[i])).toArray();
            double mean = Means.mean(all);
            SequencedMap<String, Double> numbers = new LinkedHashMap<>();
            numbers.put(primary(), mean);
            numbers.put("median error", Means.median(all));
            numbers.put("error at " + COMPARED_PIXELS, mean * COMPARED_PIXELS / pixels);
            for (int label = 0; label < labels.size(); label++) {
                int column = label;
                numbers.put("error " + labels.get(label),
                        Means.mean(Arrays.stream(pictures).mapToDouble(i -> errors[i][column]).toArray()));
            }
            return numbers;
        };
    }

    /**
     * Columns: {@code image}; then, of each landmark, {@code x_<label>}, {@code y_<label>}, {@code true_x_<label>},
     * {@code true_y_<label>} and {@code error_<label>}, in pixels of the view.
     */
    @Override
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("image"));
        labels.forEach(label -> head.addAll(List.of("x_" + label, "y_" + label, "true_x_" + label, "true_y_" + label,
                "error_" + label)));
        rows.add(head);
        for (int picture = 0; picture < names.size(); picture++) {
            int at = picture;
            List<String> row = new ArrayList<>(List.of(names.get(at)));
            IntStream.range(0, labels.size()).forEach(label -> {
                Point known = truth[at][label] == null ? new Point(Double.NaN, Double.NaN) : truth[at][label];
                for (double value : new double[] {predicted[at][label].x(), predicted[at][label].y(), known.x(),
                    known.y(), error(at, label)}) {
                    row.add(Means.shown(value));
                }
            });
            rows.add(row);
        }
        return rows;
    }
}
