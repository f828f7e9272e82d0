package dev.panacea.ace.example;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Resize;
import dev.panacea.ace.drawn.Point;
import java.util.Optional;

/**
 * Where a square view lies on a picture: an affine map from the view's unit square to the picture's, both with their
 * origin at the upper left. Place (u, v) of the view shows place (xu·u + xv·v + x0, yu·u + yv·v + y0) of the picture.
 * As it knows shares alone, it holds for a picture and its masks whatever their sizes.
 *
 * @param xu how far x goes with u
 * @param xv how far x goes with v
 * @param x0 x of the view's upper left corner
 * @param yu how far y goes with u
 * @param yv how far y goes with v
 * @param y0 y of the view's upper left corner
 */
public record Placement(double xu, double xv, double x0, double yu, double yv, double y0) {
    private static final Placement WHOLE = new Placement(1, 0, 0, 0, 1, 0);
    private static final double SAME = 1e-6; // pixels that rounding may take from the centre of a pixel

    /** Makes zeros positive, so that equal maps are equal. */
    public Placement {
        xv += 0.0;
        yu += 0.0;
        x0 += 0.0;
        y0 += 0.0;
    }

    /** The view whose middle shows a place; {@code turn} is xu, xv, yu, yv. */
    static Placement about(double x, double y, double[] turn) {
        return new Placement(turn[0], turn[1], x - (turn[0] + turn[1]) / 2, turn[2], turn[3],
                y - (turn[2] + turn[3]) / 2);
    }

    /**
     * What the view shows of a picture, black outside of it. Where that has more pixels than the view, the picture is
     * shrunk first, with smoothing; then each pixel of the view is interpolated once, bilinearly. The view of the whole
     * picture is the picture {@linkplain Resize resized}, to the bit. The array is the view's own.
     */
    public Picture view(Picture picture, int pixels) {
        if (equals(WHOLE) && (picture.width() != pixels || picture.height() != pixels)) {
            return new Resize(pixels, pixels, Resize.Filter.BILINEAR).apply(picture);
        }
        Picture near = new Resize(shrunk(picture.height(), StrictMath.hypot(yu, yv), pixels),
                shrunk(picture.width(), StrictMath.hypot(xu, xv), pixels), Resize.Filter.BILINEAR).apply(picture);
        int channels = near.channels();
        int width = near.width();
        int height = near.height();
        float[] from = near.values();
        float[] values = new float[pixels * pixels * channels];
        for (int row = 0, to = 0; row < pixels; row++) {
            double v = (row + 0.5) / pixels;
            for (int column = 0; column < pixels; column++, to += channels) {
                double u = (column + 0.5) / pixels;
                double x = (xu * u + xv * v + x0) * width;
                double y = (yu * u + yv * v + y0) * height;
                if (x >= 0 && x <= width && y >= 0 && y <= height) {
                    double cx = centre(x, width);
                    double cy = centre(y, height);
                    int left = (int) cx;
                    int top = (int) cy;
                    float right = (float) (cx - left);
                    float below = (float) (cy - top);
                    int at = (top * width + left) * channels;
                    int next = left + 1 < width ? channels : 0;
                    int down = top + 1 < height ? width * channels : 0;
                    for (int c = 0; c < channels; c++, at++) {
                        values[to + c] = mix(mix(from[at], from[at + next], right),
                                mix(from[at + down], from[at + down + next], right), below);
                    }
                }
            }
        }
        return new Picture(pixels, pixels, channels, values, picture.facts());
    }

    /** Pixels of a side where a share of it has as many as the view, and never more than there are. */
    private static int shrunk(int side, double share, int pixels) {
        return share * side <= pixels ? side : Math.max(1, (int) Math.rint(pixels / share));
    }

    /** From a place to the number of the pixel whose centre it is, between two of them where it lies between. */
    private static double centre(double place, int pixels) {
        double number = Math.clamp(place - 0.5, 0, pixels - 1.0);
        double whole = Math.rint(number);
        return Math.abs(number - whole) < SAME ? whole : number;
    }

    private static float mix(float a, float b, float share) {
        return a + share * (b - a);
    }

    /** What the view shows of a mask: the nearest pixel, {@link Mask#OUTSIDE} outside of the picture. */
    public byte[] view(Mask mask, int pixels) {
        byte[] values = new byte[pixels * pixels];
        for (int row = 0; row < pixels; row++) {
            double v = (row + 0.5) / pixels;
            for (int column = 0; column < pixels; column++) {
                double u = (column + 0.5) / pixels;
                double x = (xu * u + xv * v + x0) * mask.width();
                double y = (yu * u + yv * v + y0) * mask.height();
                if (x >= 0 && x < mask.width() && y >= 0 && y < mask.height()) {
                    values[row * pixels + column] = mask.values()[(int) y * mask.width() + (int) x];
                }
            }
        }
        return values;
    }

    /** Where the view shows a place, in its pixels; empty where it does not. */
    public Optional<Point> view(Point share, int pixels) {
        Point seen = inverse().share(share, 1);
        return seen.x() >= 0 && seen.x() < 1 && seen.y() >= 0 && seen.y() < 1 ? Optional.of(seen.times(pixels))
                : Optional.empty();
    }

    /** Which place of the picture, in shares of its sides, a place of the view shows, in the view's pixels. */
    public Point share(Point viewPixel, int pixels) {
        double u = viewPixel.x() / pixels;
        double v = viewPixel.y() / pixels;
        return new Point(xu * u + xv * v + x0, yu * u + yv * v + y0);
    }

    /**
     * Brings what was found in the view back to the picture, bilinearly.
     *
     * @param map [pixels, pixels] over the view
     * @param pixels side of the map
     * @param width of the picture
     * @param height of the picture
     * @return [height, width], 0 where the view shows nothing of the picture
     */
    public float[] back(float[] map, int pixels, int width, int height) {
        Placement inverse = inverse();
        float[] values = new float[width * height];
        for (int row = 0; row < height; row++) {
            double y = (row + 0.5) / height;
            for (int column = 0; column < width; column++) {
                double x = (column + 0.5) / width;
                double u = (inverse.xu * x + inverse.xv * y + inverse.x0) * pixels;
                double v = (inverse.yu * x + inverse.yv * y + inverse.y0) * pixels;
                if (u >= 0 && u <= pixels && v >= 0 && v <= pixels) {
                    double cu = centre(u, pixels);
                    double cv = centre(v, pixels);
                    int at = (int) cv * pixels + (int) cu;
                    int next = cu + 1 < pixels ? 1 : 0;
                    int down = cv + 1 < pixels ? pixels : 0;
                    float right = (float) (cu - (int) cu);
                    values[row * width + column] = mix(mix(map[at], map[at + next], right),
                            mix(map[at + down], map[at + down + next], right), (float) (cv - (int) cv));
                }
            }
        }
        return values;
    }

    private Placement inverse() {
        double size = xu * yv - xv * yu;
        return new Placement(yv / size, -xv / size, (xv * y0 - yv * x0) / size, -yu / size, xu / size,
                (yu * x0 - xu * y0) / size);
    }

    /** Whether the view shows a mirror image. */
    public boolean mirrored() {
        return xu * yv - xv * yu < 0;
    }
}
