package dev.panacea.ace.transfer;

import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.metric.HeatMap;
import dev.panacea.ace.metric.Interval;
import dev.panacea.tensor.RandomSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Whether a classifier looks where a finding is, though trained on labels of whole pictures alone (Sec. B.3). The
 * numbers are {@code pointing game <label>}, the share of pictures in which the hottest pixel lies in a box; {@code IoU
 * <label>}, the mean over pictures of the intersection over union of the boxes and what is half as hot as the hottest
 * or more, counted from the coldest; and the means of both over the labels that have boxes.
 *
 * @param labels their names
 * @param found what the heat maps of labels, one for each picture with boxes of the label, have found
 */
public record Localisation(List<String> labels, List<Found> found) {
    private static final double HOT = 0.5;

    /** Copies the lists. */
    public Localisation {
        labels = List.copyOf(labels);
        found = List.copyOf(found);
    }

    /**
     * What one heat map found.
     *
     * @param picture name of its picture
     * @param label number of what it was to find
     * @param hit whether the hottest pixel lies in a box
     * @param iou of the boxes and the hot part
     */
    public record Found(String picture, int label, boolean hit, double iou) {
        /**
         * Measures a heat map.
         *
         * @param boxes where the label is, in pixels of the map
         * @throws IllegalArgumentException if there are no boxes
         */
        public static Found of(String picture, int label, HeatMap map, List<Box> boxes) {
            if (boxes.isEmpty()) {
                throw new IllegalArgumentException("localisation: " + picture + ": no boxes (need one or more)");
            }
            return new Found(picture, label, map.points(boxes), map.iou(boxes, HOT));
        }
    }

    /**
     * All numbers, with 95 % intervals of the bootstrap over pictures; NaN for labels without boxes.
     *
     * @param samples how often pictures are drawn; 1000 and more are usual
     * @param random where the draws come from
     */
    public SequencedMap<String, Interval> numbers(int samples, RandomSource random) {
        Map<String, List<Found>> byPicture = found.stream()
                .collect(Collectors.groupingBy(Found::picture, LinkedHashMap::new, Collectors.toList()));
        List<List<Found>> pictures = List.copyOf(byPicture.values());
        return Interval.all(pictures.size(), picked -> measured(Arrays.stream(picked).boxed()
                .flatMap(i -> pictures.get(i).stream()).toList()), samples, random);
    }

    private SequencedMap<String, Double> measured(List<Found> some) {
        SequencedMap<String, Double> numbers = new LinkedHashMap<>();
        double[] hits = means(some, one -> one.hit() ? 1 : 0);
        double[] ious = means(some, Found::iou);
        numbers.put("mean pointing game", Means.mean(hits));
        numbers.put("mean IoU", Means.mean(ious));
        for (int label = 0; label < labels.size(); label++) {
            numbers.put("pointing game " + labels.get(label), hits[label]);
            numbers.put("IoU " + labels.get(label), ious[label]);
        }
        return numbers;
    }

    private double[] means(List<Found> some, ToDoubleFunction<Found> of) {
        return IntStream.range(0, labels.size()).mapToDouble(label -> some.stream()
                .filter(one -> one.label() == label).mapToDouble(of).average().orElse(Double.NaN)).toArray();
    }
}
