package dev.panacea.ace.landmark;

import dev.panacea.ace.drawn.Point;

/**
 * A landmark, and where it was found.
 *
 * @param name of the landmark
 * @param from number of the picture that the query was taken from
 * @param query where it is there
 * @param truth where it is in the picture that was searched
 * @param place where it was found in that one
 */
record Found(String name, int from, Point query, Point truth, Point place) {
    /** How far from the truth, in pixels. */
    double error() {
        return Places.distance(truth, place);
    }
}
