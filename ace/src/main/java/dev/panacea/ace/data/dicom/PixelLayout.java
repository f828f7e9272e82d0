package dev.panacea.ace.data.dicom;

import dev.panacea.ace.data.codec.Samples;
import dev.panacea.tensor.DataException;
import java.util.List;

/**
 * How the samples of a DICOM picture are written.
 *
 * @param columns pixels of a row
 * @param rows rows
 * @param frames pictures
 * @param channels samples of a pixel, 1 or 3
 * @param photometric what they mean, such as {@code MONOCHROME2}
 * @param allocated bits that a sample takes, 8 or 16
 * @param stored bits of them that count
 * @param high the highest of these
 * @param signed whether that is a sign
 * @param planar whether each channel has a plane of its own
 */
record PixelLayout(int columns, int rows, int frames, int channels, String photometric, int allocated, int stored,
        int high, boolean signed, boolean planar) {
    static PixelLayout read(DataSet set) {
        int rows = set.needed(Tag.ROWS, "Rows");
        int columns = set.needed(Tag.COLUMNS, "Columns");
        int allocated = set.needed(Tag.BITS_ALLOCATED, "BitsAllocated");
        int stored = set.number(Tag.BITS_STORED, allocated);
        int high = set.number(Tag.HIGH_BIT, stored - 1);
        int channels = set.number(Tag.CHANNELS, 1);
        if (allocated != 8 && allocated != 16 || stored < 1 || stored > allocated) {
            throw new DataException("DICOM of " + stored + " bits in " + allocated
                    + ": not readable (need 8 or 16 allocated, and no more stored)");
        }
        if (high >= allocated || high < stored - 1) {
            high = stored - 1;
        }
        String photometric = set.printable(Tag.PHOTOMETRIC);
        if (photometric.isEmpty()) {
            photometric = channels == 1 ? "MONOCHROME2" : "RGB";
        }
        boolean grey = photometric.startsWith("MONOCHROME") || photometric.equals("PALETTE COLOR");
        if (channels != (grey ? 1 : 3)) {
            throw new DataException("DICOM damaged: " + channels + " channels of " + photometric + " (need "
                    + (grey ? 1 : 3) + ")");
        }
        return new PixelLayout(columns, rows, Math.max(1, set.number(Tag.FRAMES, 1)), channels, photometric, allocated,
                stored, high, set.number(Tag.SIGNED, 0) == 1, channels > 1 && set.number(Tag.PLANAR, 0) == 1);
    }

    /** What the samples of a pixel are. */
    Samples.Space space() {
        return channels == 1 ? Samples.Space.GREY
                : photometric.startsWith("YBR_FULL") ? Samples.Space.YCC : Samples.Space.RGB;
    }

    int pixels() {
        return Math.multiplyExact(columns, rows);
    }

    /** A picture of these codes, stripped of the bits that do not count. */
    Samples samples(short[] words) {
        int shift = high + 1 - stored;
        int mask = (1 << stored) - 1;
        for (int i = 0; i < words.length; i++) {
            words[i] = (short) ((words[i] & 0xFFFF) >> shift & mask);
        }
        return new Samples(columns, rows, space(), stored, words, List.of());
    }

    Samples unpack(DataSet set, Element pixels) {
        // Where bytes are written as words of the other byte order, they are swapped in pairs.
        boolean swapped = set.encoding().big() && allocated == 8 && pixels.type().equals("OW");
        byte[] bytes = set.bytes();
        if (swapped) {
            byte[] pairs = new byte[pixels.length() + 1 & ~1];
            for (int i = 0; i < pixels.length(); i++) {
                pairs[i ^ 1] = bytes[pixels.from() + i];
            }
            return unpack(pairs, 0, pairs.length, false);
        }
        return unpack(bytes, pixels.from(), pixels.to(), set.encoding().big());
    }

    /** The first frame of samples that lie uncompressed between two places. */
    Samples unpack(byte[] bytes, int from, int to, boolean big) {
        boolean halved = photometric.equals("YBR_FULL_422");
        int size = allocated / 8;
        long needed = (long) pixels() * size * (halved ? 2 : channels);
        if (to - from < needed) {
            throw new DataException("DICOM cut off: its pixels have " + (to - from) + " bytes, " + columns + " x "
                    + rows + " need " + needed + " (copy the file again)");
        }
        Encoding order = new Encoding(false, big);
        short[] words = new short[pixels() * channels];
        for (int i = 0; i < words.length; i++) {
            int pixel = i / channels;
            int channel = i % channels;
            // Of two neighbours in YBR_FULL_422 come both lumas, then the differences that they share.
            int at = halved ? pixel / 2 * 4 + (channel == 0 ? pixel % 2 : channel + 1)
                    : planar ? channel * pixels() + pixel : i;
            words[i] = (short) (size == 1 ? bytes[from + at] & 0xFF : order.uint16(bytes, from + 2 * at));
        }
        return samples(words);
    }
}
