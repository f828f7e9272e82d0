package dev.panacea.ace.label;

import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.drawn.Point;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Where something is in a picture. Lengths are pixels of the set's {@link Frame}. */
public sealed interface Mark {
    /** Number of the label among those of the set. */
    int label();

    /**
     * A landmark.
     *
     * @param label its number
     * @param at its place
     */
    record Spot(int label, Point at) implements Mark {}

    /**
     * A mask in a file of its own, of any size: bright is inside.
     *
     * @param label what is inside
     * @param file a picture
     */
    record MaskFile(int label, Path file) implements Mark {}

    /** A part of the picture. */
    sealed interface Area extends Mark {
        /**
         * Adds the pixels whose centres lie inside to a mask.
         *
         * @param mask [height, width]
         * @param frame the size that the mark is measured in, and the mask's
         */
        void paint(boolean[] mask, Frame frame);
    }

    /**
     * A rectangle.
     *
     * @param label what is inside
     * @param box its edges
     */
    record Rectangle(int label, Box box) implements Area {
        @Override
        public void paint(boolean[] mask, Frame frame) {
            int left = first(box.x(), frame.width());
            int right = first(box.x() + box.width(), frame.width());
            int bottom = first(box.y() + box.height(), frame.height());
            for (int row = first(box.y(), frame.height()); row < bottom && left < right; row++) {
                Arrays.fill(mask, row * frame.width() + left, row * frame.width() + right, true);
            }
        }
    }

    /**
     * A polygon, closed by itself; where it crosses itself, what is inside an even number of times is outside.
     *
     * @param label what is inside
     * @param corners three or more
     */
    record Outline(int label, List<Point> corners) implements Area {
        /** Copies the corners. */
        public Outline {
            corners = List.copyOf(corners);
        }

        @Override
        public void paint(boolean[] mask, Frame frame) {
            double[] crossings = new double[corners.size()];
            for (int row = 0; row < frame.height(); row++) {
                int count = 0;
                for (int i = 0; i < corners.size(); i++) {
                    Point a = corners.get(i);
                    Point b = corners.get((i + 1) % corners.size());
                    double y = row + 0.5;
                    if (a.y() <= y != b.y() <= y) {
                        crossings[count++] = a.x() + (y - a.y()) / (b.y() - a.y()) * (b.x() - a.x());
                    }
                }
                Arrays.sort(crossings, 0, count);
                for (int i = 0; i + 1 < count; i += 2) {
                    int left = first(crossings[i], frame.width());
                    int right = first(crossings[i + 1], frame.width());
                    Arrays.fill(mask, row * frame.width() + left, row * frame.width() + Math.max(left, right), true);
                }
            }
        }
    }

    /**
     * Runs of pixels, column after column from the left, each from the top: start, length, start, length.
     *
     * @param label what is inside
     * @param runs pairs within the frame, in order, not touching
     */
    record Runs(int label, List<Integer> runs) implements Area {
        /** Copies the runs. */
        public Runs {
            runs = List.copyOf(runs);
        }

        @Override
        public void paint(boolean[] mask, Frame frame) {
            for (int i = 0; i < runs.size(); i += 2) {
                for (int at = runs.get(i); at < runs.get(i) + runs.get(i + 1); at++) {
                    mask[at % frame.height() * frame.width() + at / frame.height()] = true;
                }
            }
        }
    }

    /** The first pixel whose centre is not left of an edge, 0..most. */
    private static int first(double edge, int most) {
        return Math.clamp((long) Math.ceil(edge - 0.5), 0, most);
    }
}
