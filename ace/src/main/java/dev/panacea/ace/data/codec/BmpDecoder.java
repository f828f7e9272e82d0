package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/** Reads BMP files. */
public final class BmpDecoder {
    private BmpDecoder() {}

    /** Whether a file begins as a BMP file does, with a header of a known size. */
    public static boolean recognises(byte[] file) {
        return file.length >= 26 && file[0] == 'B' && file[1] == 'M' && file[15] == 0 && file[16] == 0
                && file[17] == 0 && file[14] >= 12 && file[14] <= 124;
    }

    /**
     * Decodes a file.
     *
     * @throws DataException if it is damaged, cut off or too large
     */
    public static Samples decode(byte[] file, SizeCheck sizes) {
        StandardReader.check("bmp", file, sizes);
        return StandardReader.samples(StandardReader.image("bmp", file));
    }
}
