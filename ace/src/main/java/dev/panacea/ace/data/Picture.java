package dev.panacea.ace.data;

import dev.panacea.tensor.DataException;

/**
 * A decoded picture. Intensities lie in 0..1, higher is brighter as displayed, whatever the file's own convention: bone
 * is bright on a film.
 *
 * <p>They are a plain array, not a tensor: pictures are made on many threads, outlive any memory scope in caches, and a
 * batch copies each into its place in one tensor anyway.
 *
 * @param width pixels of a row, at least 1
 * @param height rows, at least 1
 * @param channels 1 for grey, 3 for red, green and blue
 * @param values [height, width, channels], rows from the top
 * @param facts what is known of it beside its pixels
 */
public record Picture(int width, int height, int channels, float[] values, PictureFacts facts) {
    /**
     * Checks the sizes; the array is not copied.
     *
     * @throws DataException if they do not agree
     */
    public Picture {
        if (width < 1 || height < 1 || channels != 1 && channels != 3
                || values.length != (long) width * height * channels) {
            throw new DataException("picture: " + values.length + " values for " + width + " x " + height
                    + " pixels of " + channels + " channels (need their product, and 1 or 3 channels)");
        }
    }

    /** One intensity. */
    public float value(int row, int column, int channel) {
        return values[(row * width + column) * channels + channel];
    }

    /** The mean of all intensities. */
    public double mean() {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
