package dev.panacea.ace.study;

import dev.panacea.ace.crop.Region;
import dev.panacea.tensor.ShapeException;
import java.util.Arrays;

/**
 * Tokens of one picture, in rows and columns, in Java's own memory.
 *
 * @param rows h
 * @param columns w
 * @param channels K
 * @param values [h, w, K]
 */
public record TokenMap(int rows, int columns, int channels, float[] values) {
    /**
     * Checks the sizes; the array is not copied.
     *
     * @throws ShapeException if they do not agree
     */
    public TokenMap {
        if (values.length != (long) rows * columns * channels) {
            throw new ShapeException("tokens: " + values.length + " values for [" + rows + ", " + columns + ", "
                    + channels + "] (need their product)");
        }
    }

    /** One token, a copy of K numbers. */
    public float[] token(int row, int column) {
        int from = (row * columns + column) * channels;
        return Arrays.copyOfRange(values, from, from + channels);
    }

    /** The mean of all tokens, K numbers. */
    public float[] mean() {
        return mean(0, 0, rows, columns);
    }

    /** The mean of the tokens of a region inside, K numbers. */
    public float[] mean(Region region) {
        return mean(region.row(), region.column(), region.height(), region.width());
    }

    /** The mean of each 2 × 2 tokens, [h / 2, w / 2, K]; a last odd row or column is left out. */
    public TokenMap groups() {
        float[] groups = new float[rows / 2 * (columns / 2) * channels];
        for (int row = 0, at = 0; row < rows / 2; row++) {
            for (int column = 0; column < columns / 2; column++, at += channels) {
                System.arraycopy(mean(2 * row, 2 * column, 2, 2), 0, groups, at, channels);
            }
        }
        return new TokenMap(rows / 2, columns / 2, channels, groups);
    }

    private float[] mean(int top, int left, int height, int width) {
        double[] sums = new double[channels];
        for (int row = top; row < top + height; row++) {
            for (int column = left; column < left + width; column++) {
                for (int k = 0, at = (row * columns + column) * channels; k < channels; k++, at++) {
                    sums[k] += values[at];
                }
            }
        }
        float[] mean = new float[channels];
        for (int k = 0; k < channels; k++) {
            mean[k] = (float) (sums[k] / (height * width));
        }
        return mean;
    }
}
