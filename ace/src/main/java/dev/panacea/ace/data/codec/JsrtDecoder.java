package dev.panacea.ace.data.codec;

import java.util.List;

/**
 * Reads the films of the JSRT collection: 2048 x 2048 samples of 12 bits, big-endian in 16, and nothing else. They are
 * optical densities, high where the film is dark, so they are inverted.
 */
public final class JsrtDecoder {
    private static final int SIDE = 2048;
    private static final int BITS = 12;

    private JsrtDecoder() {}

    /** Whether a file has exactly the size of such a film and no sample above 12 bits. */
    public static boolean recognises(byte[] file) {
        if (file.length != SIDE * SIDE * 2) {
            return false;
        }
        for (int i = 0; i < file.length; i += 2) {
            if ((file[i] & 0xF0) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The film, bright where it let no light through. */
    public static Samples decode(byte[] file) {
        short[] codes = new short[SIDE * SIDE];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (short) ((1 << BITS) - 1 - Bytes.uint16(file, 2 * i));
        }
        return new Samples(SIDE, SIDE, Samples.Space.GREY, BITS, codes, List.of("inverted (JSRT film)"));
    }
}
