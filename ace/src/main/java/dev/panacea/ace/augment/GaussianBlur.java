package dev.panacea.ace.augment;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.RandomSource;

/**
 * Smooths with a Gaussian of random width: torchvision's {@code GaussianBlur(kernel, sigma=(0.1, 2.0))} with a kernel
 * of {@code 2·⌈3σ⌉ + 1} pixels, mirrored at the border.
 *
 * @param chance how often
 * @param leastSigma smallest σ in pixels of the view
 * @param mostSigma largest
 */
public record GaussianBlur(double chance, double leastSigma, double mostSigma) implements Transform {
    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public GaussianBlur {
        Transform.check("blur", chance, leastSigma, mostSigma);
        if (leastSigma == 0 || mostSigma > 100) {
            throw new ConfigException("blur: sigma " + leastSigma + ".." + mostSigma + " (need above 0, up to 100)");
        }
    }

    @Override
    public Plane change(Plane plane, RandomSource random) {
        return blurred(plane, Transform.between(leastSigma, mostSigma, random, 1));
    }

    /** The picture smoothed by a Gaussian of that width in pixels. */
    public static Plane blurred(Plane plane, double sigma) {
        float[] kernel = kernel(sigma);
        int reach = kernel.length / 2;
        int height = plane.height();
        int width = plane.width();
        float[] level = new float[height * width]; // smoothed along rows
        float[] padded = new float[width + 2 * reach];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < padded.length; x++) {
                padded[x] = plane.values()[y * width + Plane.reflected(x - reach, width)];
            }
            for (int k = 0; k < kernel.length; k++) {
                add(kernel[k], padded, k, level, y * width, width);
            }
        }
        float[] smooth = new float[height * width];
        for (int y = 0; y < height; y++) {
            for (int k = 0; k < kernel.length; k++) {
                add(kernel[k], level, Plane.reflected(y + k - reach, height) * width, smooth, y * width, width);
            }
        }
        return plane.with(smooth).clamped();
    }

    private static void add(float weight, float[] from, int start, float[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] += weight * from[start + i];
        }
    }

    private static float[] kernel(double sigma) {
        int reach = (int) Math.ceil(3 * sigma);
        double[] weights = new double[2 * reach + 1];
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
            double distance = (k - reach) / sigma;
            weights[k] = StrictMath.exp(-distance * distance / 2);
            sum += weights[k];
        }
        float[] kernel = new float[weights.length];
        for (int k = 0; k < weights.length; k++) {
            kernel[k] = (float) (weights[k] / sum);
        }
        return kernel;
    }
}
