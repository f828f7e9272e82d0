package dev.panacea.ace.study;

import dev.panacea.ace.crop.Region;
import dev.panacea.ace.data.Picture;
import dev.panacea.tensor.RandomSource;
import java.util.Arrays;
import java.util.List;

/** Parts of pictures. */
public final class Patches {
    private Patches() {}

    /** The pixels of a region at full resolution; black where it leaves the picture. */
    public static Picture cut(Picture picture, Region region) {
        int channels = picture.channels();
        float[] values = new float[Math.multiplyExact(region.size(), channels)];
        Region seen = seen(picture, region);
        for (int row = seen.row(); row < seen.row() + seen.height(); row++) {
            System.arraycopy(picture.values(), (row * picture.width() + seen.column()) * channels, values,
                    ((row - region.row()) * region.width() + seen.column() - region.column()) * channels,
                    seen.width() * channels);
        }
        return new Picture(region.width(), region.height(), channels, values, picture.facts());
    }

    /** The picture with a region made black: what is excised has intensity 0. */
    public static Picture excised(Picture picture, Region region) {
        float[] values = picture.values().clone();
        Region seen = seen(picture, region);
        for (int row = seen.row(); row < seen.row() + seen.height(); row++) {
            int from = (row * picture.width() + seen.column()) * picture.channels();
            Arrays.fill(values, from, from + seen.width() * picture.channels(), 0);
        }
        return new Picture(picture.width(), picture.height(), picture.channels(), values, picture.facts());
    }

    /** What of a region lies in the picture. */
    private static Region seen(Picture picture, Region region) {
        Region seen = region.intersection(new Region(0, 0, picture.height(), picture.width()));
        return seen.size() > 0 ? seen : new Region(0, 0, 0, 0);
    }

    /**
     * Draws a square inside a picture: its side evenly from the smallest to the largest, then its place evenly among
     * those that it can have.
     *
     * @param pixels side of the picture
     * @param least smallest side as a share of the picture's
     * @param most largest side as a share of the picture's
     */
    public static Region square(RandomSource random, int pixels, double least, double most) {
        int side = Math.clamp(Math.round(pixels * (least + (most - least) * random.uniform(0))), 1, pixels);
        return Region.square(below(random, 1, pixels - side + 1), below(random, 2, pixels - side + 1), side);
    }

    /** As {@link #square}, with shares of the area, even in the area. */
    static Region squareByArea(RandomSource random, int pixels, double least, double most) {
        double side = Math.sqrt(least + (most - least) * random.uniform(0));
        return square(random, pixels, side, side);
    }

    /** Left and right half, or upper and lower. */
    static List<Region> halves(Region whole, boolean sideBySide) {
        int width = sideBySide ? whole.width() / 2 : whole.width();
        int height = sideBySide ? whole.height() : whole.height() / 2;
        return List.of(new Region(whole.row(), whole.column(), height, width), sideBySide
                ? new Region(whole.row(), whole.column() + width, height, whole.width() - width)
                : new Region(whole.row() + height, whole.column(), whole.height() - height, width));
    }

    /** Two by two, from the upper left. */
    static List<Region> quarters(Region whole) {
        return halves(whole, false).stream().flatMap(half -> halves(half, true).stream()).toList();
    }

    /** Numbers 0 to {@code count} - 1 in an order of their own. */
    static int[] shuffled(RandomSource random, int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) { // each number takes a random place among those before it
            int j = below(random, i, i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static int below(RandomSource random, int index, int bound) {
        return (int) ((random.bits(index) & 0xFFFFFFFFL) * bound >>> 32);
    }
}
