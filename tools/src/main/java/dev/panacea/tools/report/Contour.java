package dev.panacea.tools.report;

import java.util.Arrays;
import java.util.Locale;

/**
 * Where a map of 0 to 1 crosses one half, as closed lines: marching squares. The lines lie between the middles of
 * pixels, in proportion to their values; outside of the map all is 0.
 */
final class Contour {
    private static final int NONE = -1;
    private static final float LEVEL = 0.5f;

    private final float[] map;
    private final int from;
    private final int side;
    private final int wide; // crossings in a row of the padded map
    private final int[] next; // from the crossing where a line enters a square to the one where it leaves

    private Contour(float[] map, int from, int side) {
        this.map = map;
        this.from = from;
        this.side = side;
        wide = side + 2;
        next = new int[2 * wide * wide];
        Arrays.fill(next, NONE);
    }

    /**
     * The lines as the data of an SVG path, in pixels of the picture it is drawn on.
     *
     * @param map [side, side] from a place in an array
     * @param pixels side of that picture
     */
    static String path(float[] map, int from, int side, int pixels) {
        Contour contour = new Contour(map, from, side);
        contour.squares();
        return contour.lines((double) pixels / side, Math.max(1, side / pixels));
    }

    /** A pixel of the map with one more all around. */
    private float value(int row, int column) {
        return row < 1 || column < 1 || row > side || column > side ? 0
                : map[from + (row - 1) * side + column - 1];
    }

    /**
     * Each square between four pixels joins the crossings of its sides, with the inside to the right of the
     * line. Crossings are numbered: twice the pixel above or left of it, and one more between rows.
     */
    private void squares() {
        for (int row = 0; row <= side; row++) {
            for (int column = 0; column <= side; column++) {
                boolean[] inside = {value(row, column) > LEVEL, value(row, column + 1) > LEVEL,
                    value(row + 1, column + 1) > LEVEL, value(row + 1, column) > LEVEL}; // round the square
                int at = 2 * (row * wide + column);
                int[] sides = {at, at + 3, at + 2 * wide, at + 1}; // upper, right, lower, left
                for (int k = 0; k < 4; k++) {
                    if (inside[k] && !inside[(k + 1) % 4]) { // a line enters here
                        int leaves = k;
                        do {
                            leaves = (leaves + 3) % 4;
                        } while (inside[leaves]);
                        next[sides[k]] = sides[leaves];
                    }
                }
            }
        }
    }

    private String lines(double scale, int each) {
        StringBuilder path = new StringBuilder();
        for (int start = 0; start < next.length; start++) {
            if (next[start] == NONE) {
                continue;
            }
            int count = 0;
            for (int at = start; next[at] != NONE; count++) {
                if (count % each == 0) {
                    path.append(count == 0 ? "M" : "L").append(place(at, scale));
                }
                int after = next[at];
                next[at] = NONE;
                at = after;
            }
            path.append('Z');
        }
        return path.toString();
    }

    private String place(int crossing, double scale) {
        int row = crossing / 2 / wide;
        int column = crossing / 2 % wide;
        boolean down = crossing % 2 == 1;
        float one = value(row, column);
        float other = down ? value(row + 1, column) : value(row, column + 1);
        double part = (LEVEL - one) / (other - one);
        double x = column - 0.5 + (down ? 0 : part);
        double y = row - 0.5 + (down ? part : 0);
        return String.format(Locale.ROOT, "%.1f %.1f", x * scale, y * scale);
    }
}
