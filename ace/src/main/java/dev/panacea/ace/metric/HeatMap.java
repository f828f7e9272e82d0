package dev.panacea.ace.metric;

import dev.panacea.ace.drawn.Box;
import java.util.List;

/**
 * Where a network looks, pixel by pixel, against the boxes of what it should find.
 *
 * @param width pixels in a row
 * @param values row by row, larger where it looks more
 */
public record HeatMap(int width, float[] values) {
    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException if the rows are not all full, or there are none
     */
    public HeatMap {
        if (width < 1 || values.length < 1 || values.length % width != 0) {
            throw new IllegalArgumentException("heat map: " + values.length + " values in rows of " + width
                    + " (need full rows)");
        }
    }

    /**
     * The pointing game: whether the largest value, of several the first, lies in one of the boxes; a map of equal
     * values points nowhere.
     */
    public boolean points(List<Box> boxes) {
        int best = 0;
        boolean equal = true;
        for (int i = 1; i < values.length; i++) {
            equal &= values[i] == values[0];
            best = values[i] > values[best] ? i : best;
        }
        return !equal && inside(best, boxes);
    }

    /**
     * Intersection over union of the boxes and the pixels at or above a share of the way from the least value to the
     * largest; of equal values none are.
     *
     * @param share 0..1
     */
    public double iou(List<Box> boxes, double share) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        double threshold = least + share * (most - least);
        boolean[] hot = new boolean[values.length];
        boolean[] boxed = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            hot[i] = most > least && values[i] >= threshold;
            boxed[i] = inside(i, boxes);
        }
        return Overlap.of(hot, boxed, null).iou();
    }

    /** Whether the middle of a pixel is in one of the boxes. */
    private boolean inside(int pixel, List<Box> boxes) {
        double x = pixel % width + 0.5;
        double y = pixel / width + 0.5;
        return boxes.stream().anyMatch(box -> box.contains(x, y));
    }
}
