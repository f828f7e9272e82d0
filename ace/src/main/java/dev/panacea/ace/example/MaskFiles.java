package dev.panacea.ace.example;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Masks that are pictures in files. The brightest channel of a pixel counts, for some masks are coloured; it is inside
 * where that is at least half as bright as the brightest pixel of the file, so that masks of 0 and 1 are as good as
 * those of 0 and 255. Half grey (127 or 128 of 255) is unknown where the file has brighter pixels; the few such pixels
 * on the edge of a smoothed mask lie between inside and outside anyway.
 *
 * <p>A mask is decoded once and kept as runs of equal pixels, which take little memory; one that has too many runs is
 * decoded each time.
 */
final class MaskFiles {
    private static final float LEAST_UNKNOWN = 126.5f / 255;
    private static final float MOST_UNKNOWN = 128.5f / 255;
    private static final int LEAST_RUN = 16; // pixels of a mean run of masks that are worth keeping

    private final ImageDecoder decoder = new ImageDecoder();
    private final ConcurrentMap<Path, Runs> kept = new ConcurrentHashMap<>();

    /**
     * A mask as runs.
     *
     * @param width of the mask
     * @param height of the mask
     * @param runs length × 4 + value of each
     */
    private record Runs(int width, int height, int[] runs) {
        Mask mask() {
            byte[] values = new byte[width * height];
            int at = 0;
            for (int run : runs) {
                Arrays.fill(values, at, at + (run >> 2), (byte) (run & 3));
                at += run >> 2;
            }
            return new Mask(width, height, values);
        }

        /** Null where there are too many. */
        static Runs of(Mask mask) {
            byte[] values = mask.values();
            int[] runs = new int[values.length / LEAST_RUN + 1];
            int count = 0;
            for (int start = 0, end; start < values.length; start = end) {
                for (end = start + 1; end < values.length && values[end] == values[start];) {
                    end++;
                }
                if (count == runs.length) {
                    return null;
                }
                runs[count++] = (end - start << 2) + values[start];
            }
            return new Runs(mask.width(), mask.height(), Arrays.copyOf(runs, count));
        }
    }

    /**
     * The mask of a file.
     *
     * @throws dev.panacea.tensor.DataException if it cannot be read
     */
    Mask mask(Path file) {
        Runs before = kept.get(file);
        if (before != null) {
            return before.mask();
        }
        Mask mask = mask(decoder.decodeColour(file));
        Runs runs = Runs.of(mask);
        if (runs != null) {
            kept.put(file, runs);
        }
        return mask;
    }

    private static Mask mask(Picture picture) {
        int channels = picture.channels();
        float[] levels = new float[picture.width() * picture.height()];
        float brightest = 0;
        for (int i = 0; i < levels.length; i++) {
            for (int c = 0; c < channels; c++) {
                levels[i] = Math.max(levels[i], picture.values()[i * channels + c]);
            }
            brightest = Math.max(brightest, levels[i]);
        }
        byte[] values = new byte[levels.length];
        for (int i = 0; i < values.length; i++) {
            boolean half = levels[i] > LEAST_UNKNOWN && levels[i] < MOST_UNKNOWN && brightest > MOST_UNKNOWN;
            values[i] = half ? Mask.UNKNOWN : levels[i] > 0 && levels[i] >= brightest / 2 ? Mask.INSIDE : Mask.OUTSIDE;
        }
        return new Mask(picture.width(), picture.height(), values);
    }
}
