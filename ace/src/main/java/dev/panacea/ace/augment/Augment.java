package dev.panacea.ace.augment;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;

/**
 * The T1 and T2 of Sec. 3.2, which the paper does not name; these are those of the released code. In this order, each
 * with its own chance: brightness and contrast, blur, sharpening, histogram equalisation; then the normalisation
 * {@code (v − mean) / deviation}. A pixel stays where it is, so that tokens still correspond.
 *
 * @param brightnessContrast brightness and contrast
 * @param blur Gaussian blur
 * @param sharpen sharpening
 * @param clahe adaptive histogram equalisation
 * @param mean what is taken off grey values in 0..1
 * @param deviation what they are divided by then
 * @param channels 3, the grey channel three times, for backbones made for colour; or 1, for a stem of one channel
 */
public record Augment(BrightnessContrast brightnessContrast, GaussianBlur blur, Sharpen sharpen, Clahe clahe,
        double mean, double deviation, int channels) {
    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public Augment {
        if (!(deviation > 0 && Double.isFinite(mean + deviation)) || channels != 1 && channels != 3) {
            throw new ConfigException("augment: mean " + mean + ", deviation " + deviation + ", channels " + channels
                    + " (need a deviation above 0, 1 or 3 channels)");
        }
    }

    /** Chances .5, .5, .3, .3; mean .5056, deviation .252, three channels. */
    public static Augment usual() {
        return new Augment(new BrightnessContrast(0.5, 0.2, 0.2), new GaussianBlur(0.5, 0.1, 2),
                new Sharpen(0.3, 0.2, 0.5, 0.5, 1), new Clahe(0.3, 1, 4, 8), 0.5056, 0.252, 3);
    }

    /** The same with nothing but the normalisation; chances can be raised again one by one. */
    public Augment unchanging() {
        return new Augment(new BrightnessContrast(0, brightnessContrast.brightness(), brightnessContrast.contrast()),
                new GaussianBlur(0, blur.leastSigma(), blur.mostSigma()),
                new Sharpen(0, sharpen.leastAlpha(), sharpen.mostAlpha(), sharpen.leastLightness(),
                        sharpen.mostLightness()),
                new Clahe(0, clahe.leastClip(), clahe.mostClip(), clahe.tiles()), mean, deviation, channels);
    }

    /** The same for a backbone of that many channels. */
    public Augment withChannels(int number) {
        return new Augment(brightnessContrast, blur, sharpen, clahe, mean, deviation, number);
    }

    /**
     * View [H, W], grey in 0..1 → [channels, H, W], changed at random and normalised.
     *
     * @param random of this epoch, sample and view alone
     * @throws ShapeException if it is no picture, or an empty one
     */
    public Tensor apply(Tensor view, RandomSource random) {
        Plane plane = brightnessContrast.apply(Plane.of(view), random.child(0));
        plane = blur.apply(plane, random.child(1));
        plane = sharpen.apply(plane, random.child(2));
        return normalised(clahe.apply(plane, random.child(3)));
    }

    /**
     * The normalisation alone, as for pictures that are not trained on.
     *
     * @throws ShapeException if it is no picture, or an empty one
     */
    public Tensor normalise(Tensor view) {
        return normalised(Plane.of(view));
    }

    private Tensor normalised(Plane plane) {
        float[] values = plane.values();
        float scale = (float) (1 / deviation);
        float shift = (float) (-mean / deviation);
        for (int i = 0; i < values.length; i++) {
            values[i] = scale * values[i] + shift;
        }
        return plane.tensor(channels);
    }
}
