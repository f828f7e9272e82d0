package dev.panacea.ace.crop;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;

/**
 * Brings a picture of any size to the grid's: a random part of it where {@code random} is set (the recipes
 * {@code panacea} and {@code released}), else all of it (the paper, whose pictures have that size already). Resized by
 * cubic interpolation, smoothed where it shrinks, and kept in 0..1.
 *
 * <p>The part is drawn as torchvision's {@code RandomResizedCrop} draws it: a share of the area, evenly; a ratio of
 * width to height, evenly in its logarithm; again up to ten times where that does not fit, and then the largest part in
 * the middle whose ratio is allowed.
 *
 * @param random whether to take a random part
 * @param leastScale smallest share of the picture's area
 * @param mostScale largest share, up to 1
 * @param leastRatio smallest ratio of width to height
 * @param mostRatio largest ratio
 */
public record ResizedCrop(boolean random, double leastScale, double mostScale, double leastRatio, double mostRatio) {
    private static final int TRIES = 10;

    /**
     * Checks the ranges.
     *
     * @throws ConfigException if one is empty or out of range
     */
    public ResizedCrop {
        if (!(leastScale > 0 && leastScale <= mostScale && mostScale <= 1 && leastRatio > 0 && leastRatio <= mostRatio
                && mostRatio < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("resized crop: scale " + leastScale + ".." + mostScale + ", ratio " + leastRatio
                    + ".." + mostRatio + " (need 0 < scale <= 1, 0 < ratio, each from small to large)");
        }
    }

    /** Scale 0.85 to 1, ratio 3/4 to 4/3. */
    public static ResizedCrop usual() {
        return new ResizedCrop(true, 0.85, 1, 0.75, 1 / 0.75);
    }

    /** The whole picture. */
    public static ResizedCrop off() {
        return new ResizedCrop(false, 0.85, 1, 0.75, 1 / 0.75);
    }

    /** Draws a part of a picture of {@code height} × {@code width} pixels, in pixels. */
    public Region draw(RandomSource source, int height, int width) {
        if (!random) {
            return new Region(0, 0, height, width);
        }
        for (int attempt = 0; attempt < TRIES; attempt++) {
            RandomSource now = source.child(attempt);
            double area = (leastScale + (mostScale - leastScale) * now.uniform(0)) * height * width;
            double low = StrictMath.log(leastRatio);
            double ratio = StrictMath.exp(low + (StrictMath.log(mostRatio) - low) * now.uniform(1));
            int w = (int) Math.rint(Math.sqrt(area * ratio));
            int h = (int) Math.rint(Math.sqrt(area / ratio));
            if (w > 0 && w <= width && h > 0 && h <= height) {
                return new Region((int) (now.uniform(2) * (height - h + 1)), (int) (now.uniform(3) * (width - w + 1)),
                        h, w);
            }
        }
        double ratio = Math.clamp((double) width / height, leastRatio, mostRatio);
        int w = Math.clamp((int) Math.rint(height * ratio), 1, width);
        int h = Math.clamp((int) Math.rint(width / ratio), 1, height);
        return new Region((height - h) / 2, (width - w) / 2, h, w);
    }

    /**
     * Picture [H, W] → [pixels, pixels].
     *
     * @throws ShapeException if it is no picture, or an empty one
     */
    public Tensor apply(Tensor picture, int pixels, RandomSource source) {
        if (picture.shape().rank() != 2 || picture.size() == 0) {
            throw new ShapeException("resized crop: picture is " + picture.shape() + " (need [H, W])");
        }
        Region part = draw(source, picture.dim(0), picture.dim(1));
        Tensor cut = picture.slice(0, part.row(), part.row() + part.height())
                .slice(1, part.column(), part.column() + part.width());
        if (part.height() == pixels && part.width() == pixels) {
            return cut.contiguous();
        }
        return cut.reshape(1, 1, part.height(), part.width()).bicubic(pixels, pixels, true).clamp(0, 1)
                .reshape(pixels, pixels);
    }
}
