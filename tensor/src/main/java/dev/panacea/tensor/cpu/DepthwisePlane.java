package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One plane correlated with one window in steps of one, for convolutions whose groups see one channel each: a matrix
 * product would have a single row. The plane is copied into an array with zeros around it, so that no window leaves it.
 */
final class DepthwisePlane {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final int ROWS = 4; // output rows computed together, to keep independent sums going

    private int kernelHeight;
    private int kernelWidth;
    private int dilation;
    private int rows;
    private int columns;
    private int lines;   // rows of the padded plane
    private int length;  // columns of the padded plane

    /** Sizes of the window and of the output plane. */
    void set(int windowHeight, int windowWidth, int spread, int outputRows, int outputColumns) {
        kernelHeight = windowHeight;
        kernelWidth = windowWidth;
        dilation = spread;
        rows = outputRows;
        columns = outputColumns;
        lines = (rows + ROWS - 1) / ROWS * ROWS + (kernelHeight - 1) * dilation;
        length = outputLength() + (kernelWidth - 1) * dilation;
    }

    /** Elements of the padded plane. */
    int paddedSize() {
        return lines * length;
    }

    /** Elements of an output plane, or of its gradient, filled up to whole vectors and groups of rows. */
    int outputSize() {
        return (rows + ROWS - 1) / ROWS * ROWS * outputLength();
    }

    private int outputLength() {
        return (columns + LANES - 1) / LANES * LANES;
    }

    /** Copies a plane into the middle of zeros, {@code above} rows down and {@code before} columns in. */
    void pad(long x, int height, int width, int above, int before, float[] padded) {
        copy(x, height, width, above, before, padded, lines, length);
    }

    /** Copies a plane of the output's size to the upper left of zeros. */
    void padGradient(long g, float[] padded) {
        copy(g, rows, columns, 0, 0, padded, outputSize() / outputLength(), outputLength());
    }

    private static void copy(long x, int height, int width, int above, int before, float[] to, int lines, int length) {
        Arrays.fill(to, 0, lines * length, 0);
        int seen = Math.min(width, length - before);
        for (int i = 0; i < Math.min(height, lines - above); i++) {
            int at = (i + above) * length + before;
            long from = x + 4L * i * width;
            int j = 0;
            for (; j <= seen - LANES; j += LANES) {
                FloatVector.fromMemorySegment(S, Memory.ALL, from + 4L * j, Memory.ORDER).intoArray(to, at + j);
            }
            for (; j < seen; j++) {
                to[at + j] = Memory.f32(from + 4L * j);
            }
        }
    }

    /** Adds the correlation of the padded plane with a window to an output plane in whole vectors. */
    void correlate(float[] padded, float[] window, float[] output) {
        for (int i = 0; i < rows; i += ROWS) {
            for (int j = 0; j < columns; j += LANES) {
                strip(padded, window, i * length + j, output, i * outputLength() + j);
            }
        }
    }

    /** One vector of each of four rows. */
    private void strip(float[] padded, float[] window, int at, float[] output, int to) {
        int wide = outputLength();
        FloatVector s0 = FloatVector.fromArray(S, output, to);
        FloatVector s1 = FloatVector.fromArray(S, output, to + wide);
        FloatVector s2 = FloatVector.fromArray(S, output, to + 2 * wide);
        FloatVector s3 = FloatVector.fromArray(S, output, to + 3 * wide);
        for (int u = 0, tap = 0; u < kernelHeight; u++) {
            for (int v = 0; v < kernelWidth; v++, tap++) {
                FloatVector w = FloatVector.broadcast(S, window[tap]);
                int from = at + u * dilation * length + v * dilation;
                s0 = FloatVector.fromArray(S, padded, from).fma(w, s0);
                s1 = FloatVector.fromArray(S, padded, from + length).fma(w, s1);
                s2 = FloatVector.fromArray(S, padded, from + 2 * length).fma(w, s2);
                s3 = FloatVector.fromArray(S, padded, from + 3 * length).fma(w, s3);
            }
        }
        s0.intoArray(output, to);
        s1.intoArray(output, to + wide);
        s2.intoArray(output, to + 2 * wide);
        s3.intoArray(output, to + 3 * wide);
    }

    /** Writes an output plane in whole vectors to memory, without what fills it up. */
    void store(float[] output, long y) {
        int wide = outputLength();
        for (int i = 0; i < rows; i++) {
            long to = y + 4L * i * columns;
            int j = 0;
            for (; j <= columns - LANES; j += LANES) {
                FloatVector.fromArray(S, output, i * wide + j)
                        .intoMemorySegment(Memory.ALL, to + 4L * j, Memory.ORDER);
            }
            for (; j < columns; j++) {
                Memory.f32(to + 4L * j, output[i * wide + j]);
            }
        }
    }

    /** Adds to each element of the window, held as one vector of partial sums, its products with the gradient. */
    void correlateWeight(float[] padded, float[] gradient, float[] sums) {
        for (int u = 0, tap = 0; u < kernelHeight; u++) {
            for (int v = 0; v < kernelWidth; v++, tap++) {
                tap(padded, gradient, u * dilation * length + v * dilation, sums, tap * LANES);
            }
        }
    }

    private void tap(float[] padded, float[] gradient, int offset, float[] sums, int sum) {
        int wide = outputLength();
        FloatVector s0 = FloatVector.fromArray(S, sums, sum);
        FloatVector s1 = FloatVector.zero(S);
        FloatVector s2 = FloatVector.zero(S);
        FloatVector s3 = FloatVector.zero(S);
        for (int i = 0; i < rows; i += ROWS) {
            for (int j = 0; j < columns; j += LANES) {
                int at = offset + i * length + j;
                int g = i * wide + j;
                s0 = FloatVector.fromArray(S, padded, at).fma(FloatVector.fromArray(S, gradient, g), s0);
                s1 = FloatVector.fromArray(S, padded, at + length)
                        .fma(FloatVector.fromArray(S, gradient, g + wide), s1);
                s2 = FloatVector.fromArray(S, padded, at + 2 * length)
                        .fma(FloatVector.fromArray(S, gradient, g + 2 * wide), s2);
                s3 = FloatVector.fromArray(S, padded, at + 3 * length)
                        .fma(FloatVector.fromArray(S, gradient, g + 3 * wide), s3);
            }
        }
        s0.add(s1).add(s2.add(s3)).intoArray(sums, sum);
    }

    /** The sum of one tap's partial sums. */
    static float total(float[] sums, int tap) {
        return VectorMath.sum(FloatVector.fromArray(S, sums, tap * LANES));
    }

    /** Length of the array of partial sums for a window of this many elements. */
    static int sumsSize(int taps) {
        return taps * LANES;
    }
}
