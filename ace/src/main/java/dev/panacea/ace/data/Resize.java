package dev.panacea.ace.data;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.op.Taps;

/**
 * Gives pictures another size, smoothing where it shrinks them, as PIL does and torchvision with
 * {@code antialias=True}: the filter is as wide as a pixel of the result, or of the original where that is wider. Edges
 * coincide, and weights that would fall outside are shared among those inside.
 *
 * @param height rows of the result
 * @param width pixels of its rows
 * @param filter how neighbours are weighed
 */
public record Resize(int height, int width, Filter filter) {
    /** How neighbours are weighed by their distance. */
    public enum Filter {
        /** Falling linearly to nothing one pixel away. */
        BILINEAR(1),
        /** The cubic with a = -½, two pixels wide; results are cut to 0..1, which it may leave. */
        BICUBIC(2);

        private final double reach;

        Filter(double reach) {
            this.reach = reach;
        }

        private double weight(double distance) {
            double x = Math.abs(distance);
            if (x >= reach) {
                return 0;
            }
            return this == BILINEAR ? 1 - x : x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2;
        }
    }

    /**
     * Checks the size.
     *
     * @throws ConfigException if it is below 1
     */
    public Resize {
        if (height < 1 || width < 1) {
            throw new ConfigException("resize: size " + height + " x " + width + " (need at least 1 x 1)");
        }
    }

    /** The picture in the new size; the same where it has it already. */
    public Picture apply(Picture picture) {
        if (picture.width() == width && picture.height() == height) {
            return picture;
        }
        float[] across = across(picture, taps(picture.width(), width));
        float[] values = down(across, width * picture.channels(), taps(picture.height(), height));
        if (filter == Filter.BICUBIC) {
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.clamp(values[i], 0, 1);
            }
        }
        return new Picture(width, height, picture.channels(), values, picture.facts());
    }

    private Taps taps(int from, int to) {
        double scale = (double) from / to;
        double spread = Math.max(scale, 1);
        double reach = filter.reach * spread;
        int[] first = new int[to];
        int[] offset = new int[to + 1];
        double[][] weights = new double[to][];
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale;
            first[i] = Math.max(0, (int) (centre - reach + 0.5));
            int end = Math.min(from, (int) (centre + reach + 0.5));
            weights[i] = new double[end - first[i]];
            double sum = 0;
            for (int t = 0; t < weights[i].length; t++) {
                weights[i][t] = filter.weight((first[i] + t - centre + 0.5) / spread);
                sum += weights[i][t];
            }
            for (int t = 0; t < weights[i].length; t++) {
                weights[i][t] /= sum;
            }
            offset[i + 1] = offset[i] + weights[i].length;
        }
        double[] all = new double[offset[to]];
        for (int i = 0; i < to; i++) {
            System.arraycopy(weights[i], 0, all, offset[i], weights[i].length);
        }
        return new Taps(from, first, offset, all);
    }

    /** [old height, new width, channels] */
    private static float[] across(Picture picture, Taps taps) {
        int channels = picture.channels();
        float[] values = picture.values();
        float[] result = new float[Math.multiplyExact(picture.height() * taps.outputs(), channels)];
        int to = 0;
        for (int y = 0; y < picture.height(); y++) {
            int row = y * picture.width();
            for (int x = 0; x < taps.outputs(); x++) {
                int from = (row + taps.first()[x]) * channels;
                for (int c = 0; c < channels; c++) {
                    double sum = 0;
                    for (int t = taps.offset()[x], at = from + c; t < taps.offset()[x + 1]; t++, at += channels) {
                        sum += taps.weights()[t] * values[at];
                    }
                    result[to++] = (float) sum;
                }
            }
        }
        return result;
    }

    /** [new height, length] of rows of that length. */
    private static float[] down(float[] rows, int length, Taps taps) {
        float[] result = new float[Math.multiplyExact(taps.outputs(), length)];
        double[] sums = new double[length];
        for (int y = 0; y < taps.outputs(); y++) {
            java.util.Arrays.fill(sums, 0);
            for (int t = 0; t < taps.count(y); t++) {
                double weight = taps.weights()[taps.offset()[y] + t];
                int from = (taps.first()[y] + t) * length;
                for (int x = 0; x < length; x++) {
                    sums[x] += weight * rows[from + x];
                }
            }
            for (int x = 0; x < length; x++) {
                result[y * length + x] = (float) sums[x];
            }
        }
        return result;
    }
}
