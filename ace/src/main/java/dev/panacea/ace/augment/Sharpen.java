package dev.panacea.ace.augment;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.RandomSource;

/**
 * {@code v' = (1 − α)·v + α·((8 + l)·v − Σ of the 8 neighbours)}, kept in 0..1, mirrored at the border: albumentations'
 * {@code Sharpen} with its defaults.
 *
 * @param chance how often
 * @param leastAlpha smallest share α of the sharpened picture
 * @param mostAlpha largest
 * @param leastLightness smallest l; 1 keeps the brightness
 * @param mostLightness largest
 */
public record Sharpen(double chance, double leastAlpha, double mostAlpha, double leastLightness, double mostLightness)
        implements Transform {
    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public Sharpen {
        Transform.check("sharpen alpha", chance, leastAlpha, mostAlpha);
        Transform.check("sharpen lightness", chance, leastLightness, mostLightness);
        if (mostAlpha > 1) {
            throw new ConfigException("sharpen: alpha " + leastAlpha + ".." + mostAlpha + " (need 1 at most)");
        }
    }

    @Override
    public Plane change(Plane plane, RandomSource random) {
        return sharpened(plane, Transform.between(leastAlpha, mostAlpha, random, 1),
                Transform.between(leastLightness, mostLightness, random, 2));
    }

    /** The picture sharpened by that share, with that lightness. */
    public static Plane sharpened(Plane plane, double alpha, double lightness) {
        int height = plane.height();
        int width = plane.width();
        float[] v = plane.values();
        float[] threes = new float[v.length]; // each pixel with its neighbours in the row
        for (int row = 0; row < v.length; row += width) {
            threes[row] = v[row] + 2 * v[row + Plane.reflected(1, width)];
            for (int x = 1; x < width - 1; x++) {
                threes[row + x] = v[row + x - 1] + v[row + x] + v[row + x + 1];
            }
            if (width > 1) {
                threes[row + width - 1] = v[row + width - 1] + 2 * v[row + width - 2];
            }
        }
        float own = (float) (1 - alpha + alpha * (9 + lightness)); // 9: the sum below has the pixel itself
        float others = (float) alpha;
        float[] sharp = new float[v.length];
        for (int y = 0; y < height; y++) {
            int here = y * width;
            int above = Plane.reflected(y - 1, height) * width;
            int below = Plane.reflected(y + 1, height) * width;
            for (int x = 0; x < width; x++) {
                sharp[here + x] = own * v[here + x]
                        - others * (threes[above + x] + threes[here + x] + threes[below + x]);
            }
        }
        return plane.with(sharp).clamped();
    }
}
