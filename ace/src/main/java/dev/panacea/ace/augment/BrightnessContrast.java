package dev.panacea.ace.augment;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.RandomSource;

/**
 * {@code v' = c·v + b}, kept in 0..1, with c in {@code 1 ± contrast} and b in {@code ± brightness}: albumentations'
 * {@code RandomBrightnessContrast} with its defaults.
 *
 * @param chance how often
 * @param brightness the most that is added or taken off
 * @param contrast the most by which the factor differs from 1
 */
public record BrightnessContrast(double chance, double brightness, double contrast) implements Transform {
    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public BrightnessContrast {
        Transform.check("brightness", chance, 0, brightness);
        Transform.check("contrast", chance, 0, contrast);
    }

    @Override
    public Plane change(Plane plane, RandomSource random) {
        float factor = (float) (1 + Transform.between(-contrast, contrast, random, 1));
        float added = (float) Transform.between(-brightness, brightness, random, 2);
        float[] values = plane.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = factor * values[i] + added;
        }
        return plane.clamped();
    }
}
