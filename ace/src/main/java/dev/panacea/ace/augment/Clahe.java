package dev.panacea.ace.augment;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.RandomSource;

/**
 * Contrast-limited adaptive histogram equalisation (Zuiderveld 1994): each tile's grey values are mapped by the
 * cumulative histogram of the tile, of 256 bins, none of them higher than {@code clip} times the mean; what is cut off
 * is spread over all bins. Between the middles of tiles the four mappings around are interpolated. Ranges are those of
 * albumentations' {@code CLAHE}; unlike OpenCV's, the mapping is interpolated within a bin too, so a picture of 12 bits
 * stays one.
 *
 * @param chance how often
 * @param leastClip smallest clip limit, 1 or more
 * @param mostClip largest
 * @param tiles tiles on a side
 */
public record Clahe(double chance, double leastClip, double mostClip, int tiles) implements Transform {
    private static final int BINS = 256;

    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public Clahe {
        Transform.check("clahe", chance, leastClip, mostClip);
        if (leastClip < 1 || tiles < 1 || tiles > 64) {
            throw new ConfigException("clahe: clip " + leastClip + ".." + mostClip + ", tiles " + tiles
                    + " (need a clip of 1 or more, 1 to 64 tiles)");
        }
    }

    @Override
    public Plane change(Plane plane, RandomSource random) {
        return equalised(plane, Transform.between(leastClip, mostClip, random, 1), tiles);
    }

    /** The picture equalised in {@code most} tiles on a side, fewer where it has fewer pixels. */
    public static Plane equalised(Plane plane, double clip, int most) {
        int tiles = Math.min(most, Math.min(plane.height(), plane.width()));
        float[][] maps = new float[tiles * tiles][];
        for (int tile = 0; tile < maps.length; tile++) {
            maps[tile] = mapping(plane, clip, tiles, tile);
        }
        int width = plane.width();
        int[] left = new int[width];
        int[] right = new int[width];
        float[] share = new float[width]; // of the right tile
        for (int x = 0; x < width; x++) {
            double at = (x + 0.5) * tiles / width - 0.5;
            left[x] = Math.max(0, (int) Math.floor(at));
            right[x] = Math.min(tiles - 1, (int) Math.floor(at) + 1);
            share[x] = (float) (at - Math.floor(at));
        }
        float[] result = new float[plane.values().length];
        for (int y = 0; y < plane.height(); y++) {
            double at = (y + 0.5) * tiles / plane.height() - 0.5;
            int above = Math.max(0, (int) Math.floor(at)) * tiles;
            int below = Math.min(tiles - 1, (int) Math.floor(at) + 1) * tiles;
            float down = (float) (at - Math.floor(at));
            for (int x = 0; x < width; x++) {
                float v = plane.values()[y * width + x] * BINS;
                int bin = Math.clamp((int) v, 0, BINS - 1);
                float within = v - bin;
                float top = mix(look(maps[above + left[x]], bin, within), look(maps[above + right[x]], bin, within),
                        share[x]);
                float bottom = mix(look(maps[below + left[x]], bin, within), look(maps[below + right[x]], bin, within),
                        share[x]);
                result[y * width + x] = mix(top, bottom, down);
            }
        }
        return plane.with(result).clamped();
    }

    private static float look(float[] map, int bin, float within) {
        return mix(map[bin], map[bin + 1], within);
    }

    private static float mix(float a, float b, float share) {
        return a + (b - a) * share;
    }

    /** The clipped, cumulative histogram of a tile at the edges of its bins, from 0 to 1. */
    private static float[] mapping(Plane plane, double clip, int tiles, int tile) {
        int top = tile / tiles * plane.height() / tiles;
        int bottom = (tile / tiles + 1) * plane.height() / tiles;
        int left = tile % tiles * plane.width() / tiles;
        int right = (tile % tiles + 1) * plane.width() / tiles;
        int[] histogram = new int[BINS];
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                histogram[Math.clamp((int) (plane.values()[y * plane.width() + x] * BINS), 0, BINS - 1)]++;
            }
        }
        double count = (double) (bottom - top) * (right - left);
        double limit = clip * count / BINS;
        double excess = 0;
        for (int bin : histogram) {
            excess += Math.max(0, bin - limit);
        }
        float[] edges = new float[BINS + 1];
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += Math.min(histogram[bin], limit) + excess / BINS;
            edges[bin + 1] = (float) (sum / count);
        }
        return edges;
    }
}
