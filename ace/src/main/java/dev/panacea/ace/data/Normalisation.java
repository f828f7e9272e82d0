package dev.panacea.ace.data;

import dev.panacea.nn.ConfigException;
import java.util.List;

/**
 * What intensities of 0..1 become before a model reads them: {@code (x - mean) / deviation}, channel by channel.
 *
 * @param means one for each of red, green and blue
 * @param deviations one for each, above 0
 */
public record Normalisation(List<Double> means, List<Double> deviations) {
    /** Chest X-rays, as ACE normalises them. */
    public static final Normalisation XRAY = grey(0.5056, 0.252);
    /** The photographs of ImageNet, as the weights of torchvision, timm and DINO expect it. */
    public static final Normalisation IMAGENET =
            new Normalisation(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
    /** To -1..1, as some Vision Transformers of timm expect it. */
    public static final Normalisation HALF = grey(0.5, 0.5);
    /** Intensities as they are. */
    public static final Normalisation NONE = grey(0, 1);

    /**
     * Checks the numbers.
     *
     * @throws ConfigException if there are not three of each, or one is out of range
     */
    public Normalisation {
        means = List.copyOf(means);
        deviations = List.copyOf(deviations);
        if (means.size() != 3 || deviations.size() != 3 || means.stream().anyMatch(mean -> !Double.isFinite(mean))
                || deviations.stream().anyMatch(deviation -> !(deviation > 0 && deviation < 1e6))) {
            throw new ConfigException("normalisation: means " + means + ", deviations " + deviations
                    + " (need three finite means and three deviations above 0)");
        }
    }

    /** The same for all channels. */
    public static Normalisation grey(double mean, double deviation) {
        return new Normalisation(List.of(mean, mean, mean), List.of(deviation, deviation, deviation));
    }

    /**
     * From a name or two numbers: {@code xray}, {@code imagenet}, {@code half}, {@code none}, or
     * {@code mean,deviation}.
     *
     * @throws ConfigException if it is neither
     */
    public static Normalisation named(String text) {
        return switch (text) {
            case "xray" -> XRAY;
            case "imagenet" -> IMAGENET;
            case "half" -> HALF;
            case "none" -> NONE;
            default -> numbers(text);
        };
    }

    private static Normalisation numbers(String text) {
        String[] parts = text.split(",", -1);
        try {
            if (parts.length == 2) {
                return grey(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new ConfigException("normalisation: unknown: " + text
                + " (need xray, imagenet, half, none, or a mean and a deviation such as 0.5,0.25)");
    }
}
