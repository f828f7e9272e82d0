package dev.panacea.ace.crop;

import dev.panacea.nn.ConfigException;

/**
 * A rectangle of whole units: cells of the grid, tokens or pixels. Rows come first, as everywhere here.
 *
 * @param row first row
 * @param column first column
 * @param height number of rows
 * @param width number of columns
 */
public record Region(int row, int column, int height, int width) {
    /**
     * Checks the sizes.
     *
     * @throws ConfigException if a size is negative
     */
    public Region {
        if (height < 0 || width < 0) {
            throw new ConfigException("region: size out of range: " + height + " × " + width + " (need 0 or more)");
        }
    }

    /** A square. */
    public static Region square(int row, int column, int side) {
        return new Region(row, column, side, side);
    }

    /** Number of units. */
    public int size() {
        return height * width;
    }

    /** Whether a unit lies inside. */
    public boolean contains(int r, int c) {
        return r >= row && r < row + height && c >= column && c < column + width;
    }

    /** What both cover; of size 0 where they do not meet. */
    public Region intersection(Region other) {
        int top = Math.max(row, other.row);
        int left = Math.max(column, other.column);
        return new Region(top, left, Math.max(0, Math.min(row + height, other.row + other.height) - top),
                Math.max(0, Math.min(column + width, other.column + other.width) - left));
    }

    /** This region as seen from the first unit of another. */
    public Region within(Region outer) {
        return new Region(row - outer.row, column - outer.column, height, width);
    }

    /** The same in units that are {@code factor} times as small. */
    public Region times(int factor) {
        return new Region(row * factor, column * factor, height * factor, width * factor);
    }

    /** Rows and columns exchanged. */
    public Region transposed() {
        return new Region(column, row, width, height);
    }
}
