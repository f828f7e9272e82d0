package dev.panacea.ace.augment;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.RandomSource;

/** A change of grey values that is made with some chance and of random strength. */
public sealed interface Transform permits BrightnessContrast, GaussianBlur, Sharpen, Clahe {
    /** How often it is made, 0..1. */
    double chance();

    /** The picture changed, values in 0..1; the one given may be overwritten. */
    Plane change(Plane plane, RandomSource random);

    /** The picture changed, or as it is. Number 0 of the source decides, the strength comes from those after it. */
    default Plane apply(Plane plane, RandomSource random) {
        return random.uniform(0) < chance() ? change(plane, random) : plane;
    }

    /** A number between two, evenly drawn. */
    static double between(double low, double high, RandomSource random, long index) {
        return low + (high - low) * random.uniform(index);
    }

    /** Checks a chance and the range of a strength. */
    static void check(String where, double chance, double least, double most) {
        if (!(chance >= 0 && chance <= 1 && least >= 0 && least <= most && most < Double.POSITIVE_INFINITY)) {
            throw new ConfigException(where + ": chance " + chance + ", strength " + least + ".." + most
                    + " (need 0 <= chance <= 1, 0 <= least <= most)");
        }
    }
}
