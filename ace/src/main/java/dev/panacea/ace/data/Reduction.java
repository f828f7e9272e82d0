package dev.panacea.ace.data;

import dev.panacea.nn.ConfigException;
import java.util.List;

/**
 * What training keeps of a picture: no more pixels than its views can show, and intensities in steps of 1/65535. Every
 * picture goes through this, whether a {@link PictureCache} stands between or not, so a cache changes no byte of a run.
 *
 * <p>A picture is shrunk until its shorter side is {@code side}, by cubic interpolation, and never enlarged. Pictures
 * more oblong than 4 to 3 are shrunk to the area that one of 4 to 3 would have: that bounds what each may take.
 * A reduced picture is not changed by reducing it again.
 *
 * @param side pixels of the shorter side at most
 */
public record Reduction(int side) {
    private static final int LARGEST = 1 << 14;
    private static final float STEPS = 65535;
    private static final double SAME = 1e-6; // pixels that rounding may take from a whole number
    private static final PictureFacts FACTS = new PictureFacts("reduced", 16, List.of());

    /**
     * Checks the side.
     *
     * @throws ConfigException if it is out of range
     */
    public Reduction {
        if (side < 1 || side > LARGEST) {
            throw new ConfigException("reduction: side of " + side + " pixels (need 1.." + LARGEST + ")");
        }
    }

    /**
     * What is needed where random parts of pictures become squares: the smallest part, an {@code leastScale} of the
     * area, has still as many pixels as the square on its shorter side, so no view is enlarged. Parts are at least that
     * share of each side, for they are at most as long as the other. Resampling twice in place of once takes a tenth of
     * the energy of the differences between neighbouring pixels (films of 1024 pixels, squares of 224 and of 512).
     *
     * @param pixels side of the squares
     * @param leastScale smallest share of a picture's area that becomes one, up to 1
     */
    public static Reduction squares(int pixels, double leastScale) {
        return new Reduction((int) Math.min(LARGEST, Math.ceil(pixels / leastScale)));
    }

    /** Pixels of a reduced picture at most. */
    public int mostPixels() {
        return (4 * side * side + 2) / 3;
    }

    /** The picture, smaller where it was too large, its intensities rounded. */
    public Picture apply(Picture picture) {
        double area = (double) picture.width() * picture.height();
        double factor = Math.max(Math.min(picture.width(), picture.height()) / (double) side,
                Math.sqrt(area / mostPixels()));
        Picture kept = picture;
        if (factor > 1) {
            int height = Math.clamp((long) (picture.height() / factor + SAME), 1, mostPixels());
            int width = Math.clamp((long) (picture.width() / factor + SAME), 1, mostPixels() / height);
            kept = new Resize(height, width, Resize.Filter.BICUBIC).apply(picture);
        }
        float[] values = new float[kept.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(level(kept.values()[i]));
        }
        return new Picture(kept.width(), kept.height(), kept.channels(), values, FACTS);
    }

    /** The step that an intensity is rounded to, 0..65535. */
    static int level(float value) {
        return (int) (Math.clamp(value, 0f, 1f) * STEPS + 0.5f);
    }

    /** The intensity of a step. */
    static float value(int level) {
        return level / STEPS;
    }

    /** A reduced grey picture of its steps, two bytes each as a {@code short}. */
    static Picture picture(int width, int height, short[] levels) {
        float[] values = new float[levels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(levels[i] & 0xFFFF);
        }
        return new Picture(width, height, 1, values, FACTS);
    }
}
