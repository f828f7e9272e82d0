package dev.panacea.ace.data;

import dev.panacea.nn.ConfigException;

/**
 * From a picture of any size to the values that a model reads.
 *
 * @param pixels side of the square that the model is made for
 * @param channels 1, or 3: grey pictures are repeated
 * @param fit what becomes of pictures that are not square
 * @param normalisation shifts and scales the intensities
 */
public record Preparation(int pixels, int channels, Fit fit, Normalisation normalisation) {
    /** What becomes of pictures that are not square. */
    public enum Fit {
        /** Both sides are resized to the square, which keeps all of the picture and not its proportions. */
        STRETCH,
        /** The largest square in the middle is kept. */
        CROP
    }

    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public Preparation {
        if (pixels < 1 || channels != 1 && channels != 3) {
            throw new ConfigException("preparation: " + pixels + " pixels, " + channels
                    + " channels (need 1 pixel or more, 1 or 3 channels)");
        }
    }

    /** The values of a picture, [channels, pixels, pixels], bilinear with smoothing where it shrinks. */
    public float[] apply(Picture picture) {
        Picture whole = fit == Fit.CROP ? middle(picture) : picture;
        Picture resized = new Resize(pixels, pixels, Resize.Filter.BILINEAR).apply(whole);
        float[] values = new float[channels * pixels * pixels];
        int at = 0;
        for (int channel = 0; channel < channels; channel++) {
            float mean = normalisation.means().get(channel).floatValue();
            float deviation = normalisation.deviations().get(channel).floatValue();
            int from = Math.min(channel, picture.channels() - 1);
            for (int row = 0; row < pixels; row++) {
                for (int column = 0; column < pixels; column++) {
                    values[at++] = (resized.value(row, column, from) - mean) / deviation;
                }
            }
        }
        return values;
    }

    /** The largest square in the middle. */
    private static Picture middle(Picture picture) {
        int side = Math.min(picture.width(), picture.height());
        int top = (picture.height() - side) / 2;
        int left = (picture.width() - side) / 2;
        int length = side * picture.channels();
        float[] values = new float[side * length];
        for (int row = 0; row < side; row++) {
            System.arraycopy(picture.values(), ((top + row) * picture.width() + left) * picture.channels(), values,
                    row * length, length);
        }
        return new Picture(side, side, picture.channels(), values, picture.facts());
    }
}
