package dev.panacea.ace.example;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import java.util.List;
import java.util.Optional;

/**
 * A decoded picture and what is known of it.
 *
 * @param name what messages call it, such as its file
 * @param picture grey
 * @param targets for each label 1 (yes), 0 (no) or NaN (not known); in sets of marks 1 where the label has a mark. The
 *     array is not copied
 * @param masks one for each label, each of the whole picture whatever their sizes; empty where the set has no areas
 * @param points one for each label, in shares of the picture's width and height; empty where the set has no points
 */
public record Example(String name, Picture picture, float[] targets, List<Mask> masks, List<Optional<Point>> points) {
    /** Copies the lists. */
    public Example {
        masks = List.copyOf(masks);
        points = List.copyOf(points);
    }
}
