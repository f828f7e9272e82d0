package dev.panacea.ace.data.codec;

/** Puts the bands of a JPEG 2000 resolution together (ITU T.800, annex F). */
final class Wavelet {
    private static final float[] LIFTS = {-0.443506852f, -0.882911076f, 0.052980119f, 1.586134342f};
    private static final float SCALE = 1.230174105f;
    private static final int AT_ONCE = 16; // columns, so that a cache line is used whole

    private Wavelet() {}

    /**
     * Undoes the transform along rows, then along columns.
     *
     * @param samples [height, width], bands woven together: upper bands at odd places of the grid
     * @param area where they lie on the grid
     */
    static void merge(float[] samples, J2kArea area, boolean reversible) {
        int width = area.width();
        int height = area.height();
        float[] line = new float[Math.max(width, height)];
        for (int y = 0; y < height; y++) {
            System.arraycopy(samples, y * width, line, 0, width);
            merge(line, width, area.left() & 1, reversible);
            System.arraycopy(line, 0, samples, y * width, width);
        }
        float[][] columns = new float[AT_ONCE][height];
        for (int from = 0; from < width; from += AT_ONCE) {
            int count = Math.min(AT_ONCE, width - from);
            for (int y = 0; y < height; y++) {
                for (int i = 0; i < count; i++) {
                    columns[i][y] = samples[y * width + from + i];
                }
            }
            for (int i = 0; i < count; i++) {
                merge(columns[i], height, area.top() & 1, reversible);
            }
            for (int y = 0; y < height; y++) {
                for (int i = 0; i < count; i++) {
                    samples[y * width + from + i] = columns[i][y];
                }
            }
        }
    }

    /** One line, whose first number is of the upper band where {@code odd} is 1. */
    private static void merge(float[] line, int length, int odd, boolean reversible) {
        if (length == 1) {
            line[0] = odd == 1 ? line[0] / 2 : line[0];
        } else if (reversible) {
            for (int i = odd; i < length; i += 2) {
                line[i] -= (float) Math.floor((beside(line, length, i) + 2) / 4);
            }
            for (int i = 1 - odd; i < length; i += 2) {
                line[i] += (float) Math.floor(beside(line, length, i) / 2);
            }
        } else {
            for (int i = 0; i < length; i++) {
                line[i] *= (i & 1) == odd ? SCALE : 1 / SCALE;
            }
            for (int step = 0; step < LIFTS.length; step++) {
                for (int i = (step & 1) == 0 ? odd : 1 - odd; i < length; i += 2) {
                    line[i] += LIFTS[step] * beside(line, length, i);
                }
            }
        }
    }

    /** The sum of both neighbours; at an end the line is mirrored. */
    private static float beside(float[] line, int length, int i) {
        float before = line[i > 0 ? i - 1 : 1];
        return before + (i + 1 < length ? line[i + 1] : line[length - 2]);
    }
}
