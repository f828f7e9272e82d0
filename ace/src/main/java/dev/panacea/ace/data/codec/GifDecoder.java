package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;
import java.nio.charset.StandardCharsets;

/** Reads GIF files, the masks of JSRT among them; of several pictures the first. */
public final class GifDecoder {
    private static final int HEADER = 13;

    private GifDecoder() {}

    /** Whether a file begins as a GIF file does, with a header as a whole. */
    public static boolean recognises(byte[] file) {
        if (file.length < HEADER) {
            return false;
        }
        String start = new String(file, 0, 6, StandardCharsets.ISO_8859_1);
        return start.equals("GIF87a") || start.equals("GIF89a");
    }

    /**
     * Decodes a file.
     *
     * @throws DataException if it is damaged, cut off or too large
     */
    public static Samples decode(byte[] file, SizeCheck sizes) {
        StandardReader.check("gif", file, sizes);
        return StandardReader.samples(StandardReader.image("gif", file));
    }
}
