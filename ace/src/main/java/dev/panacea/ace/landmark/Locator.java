package dev.panacea.ace.landmark;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.study.FeatureExtractor;
import java.util.List;

/**
 * Finds places of one picture again in another, by features alone. Pictures are square, of
 * {@link FeatureExtractor#imagePixels} a side; places are in their pixels.
 */
public sealed interface Locator permits SlidingWindow, TokenSearch {
    /**
     * A place that is looked for.
     *
     * @param place where it is in the picture that it was taken from
     * @param features what the network says of it, K numbers
     */
    record Query(Point place, float[] features) {}

    /** Takes places of a picture as queries. */
    List<Query> queries(FeatureExtractor features, Picture picture, List<Point> places);

    /** Where each query's like is in another picture: the place whose features are nearest, by their L2 distance. */
    List<Point> find(FeatureExtractor features, Picture picture, List<Query> queries);

    /** What is done, in words. */
    String protocol();

    /** Pixels that the network reads to search one picture, in millions. */
    double megapixels(FeatureExtractor features);
}
