package dev.panacea.ace.example;

import dev.panacea.ace.crop.Region;
import dev.panacea.ace.crop.ResizedCrop;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.RandomSource;
import java.util.ArrayList;
import java.util.List;

/**
 * How square views are made of pictures, as far as it is geometry: a random part, perhaps mirrored and turned, for
 * training; the whole picture, or ten parts of it, for evaluation.
 *
 * <p>The part is drawn as {@link ResizedCrop} draws it; with scales and an aspect of 1 it is the whole picture, oblong
 * or not. It is turned about its own centre before it is stretched to the square, so that its corners show
 * what lies beside it, and black only where the picture ends. A mirror makes right of left: where labels tell the sides
 * apart, as key points and lungs do, {@code flip} should be 0.
 *
 * @param pixels side of the views, 1..4096
 * @param leastScale smallest share of the picture's area that a part has
 * @param mostScale largest share, up to 1
 * @param aspect largest ratio of a part's longer side to its shorter
 * @param flip how often views are mirrored, 0..1
 * @param degrees by how much they are turned at most, either way, 0..180
 * @param tenCropShare side of each of the ten parts as a share of the picture's, up to 1
 */
public record ViewConfig(int pixels, double leastScale, double mostScale, double aspect, double flip, double degrees,
        double tenCropShare) {
    private static final int MOST_PIXELS = 4096;

    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public ViewConfig {
        if (pixels < 1 || pixels > MOST_PIXELS || !(leastScale > 0 && leastScale <= mostScale && mostScale <= 1)) {
            throw new ConfigException("views: " + pixels + " pixels, scale " + leastScale + ".." + mostScale
                    + " (need 1.." + MOST_PIXELS + " pixels, 0 < scale <= 1, from small to large)");
        }
        if (!(aspect >= 1 && aspect < Double.POSITIVE_INFINITY && flip >= 0 && flip <= 1 && degrees >= 0
                && degrees <= 180 && tenCropShare > 0 && tenCropShare <= 1)) {
            throw new ConfigException("views: aspect " + aspect + ", flip " + flip + ", degrees " + degrees
                    + ", tenCropShare " + tenCropShare + " (need aspect >= 1, flip 0..1, degrees 0..180,"
                    + " 0 < tenCropShare <= 1)");
        }
    }

    /** Scale 0.6 to 1, aspect 4/3, half of the views mirrored, turned by up to 7°, ten parts of 7/8. */
    public static ViewConfig usual(int pixels) {
        return new ViewConfig(pixels, 0.6, 1, 4.0 / 3, 0.5, 7, 0.875);
    }

    /** The same, mirrored that often. */
    public ViewConfig withFlip(double chance) {
        return new ViewConfig(pixels, leastScale, mostScale, aspect, chance, degrees, tenCropShare);
    }

    /** A random view of a picture of {@code width} × {@code height} pixels, for training. */
    public Placement draw(int width, int height, RandomSource random) {
        RandomSource turn = random.child(1);
        boolean mirrored = turn.uniform(0) < flip;
        double angle = StrictMath.toRadians(degrees * (2 * turn.uniform(1) - 1));
        Region part = leastScale == 1 && aspect == 1 ? new Region(0, 0, height, width)
                : new ResizedCrop(true, leastScale, mostScale, 1 / aspect, aspect).draw(random.child(0), height, width);
        double across = mirrored ? -part.width() : part.width();
        double sin = StrictMath.sin(angle);
        double cos = StrictMath.cos(angle);
        return Placement.about((part.column() + part.width() / 2.0) / width,
                (part.row() + part.height() / 2.0) / height,
                new double[] {cos * across / width, -sin * part.height() / width, sin * across / height,
                        cos * part.height() / height});
    }

    /** The whole picture, for evaluation. */
    public Placement whole() {
        return part(0.5, 0.5, 1, 1);
    }

    /** Four corners and the middle, then their mirrors: upper left, upper right, lower left, lower right, middle. */
    public List<Placement> ten() {
        double near = tenCropShare / 2;
        double far = 1 - near;
        List<Placement> ten = new ArrayList<>();
        for (double across : new double[] {tenCropShare, -tenCropShare}) {
            ten.add(part(near, near, across, tenCropShare));
            ten.add(part(far, near, across, tenCropShare));
            ten.add(part(near, far, across, tenCropShare));
            ten.add(part(far, far, across, tenCropShare));
            ten.add(part(0.5, 0.5, across, tenCropShare));
        }
        return List.copyOf(ten);
    }

    private static Placement part(double x, double y, double across, double down) {
        return Placement.about(x, y, new double[] {across, 0, 0, down});
    }
}
