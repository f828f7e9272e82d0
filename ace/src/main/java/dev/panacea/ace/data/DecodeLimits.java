package dev.panacea.ace.data;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;

/**
 * What a file may cost before it is refused.
 *
 * @param bytes the largest file
 * @param pixels the largest picture; decoding takes up to 45 bytes for a pixel of three channels, 15 for a grey
 *     one, most of them for JPEG 2000
 */
public record DecodeLimits(long bytes, long pixels) {
    /** Files up to 1 GiB, pictures up to 64 Mi pixels: three times the largest films and fundus photographs. */
    public static final DecodeLimits STANDARD = new DecodeLimits(1L << 30, 1L << 26);

    /** So many bytes any file may unpack to; beyond, no more than compression can ever have saved. */
    private static final long BYTES_OF_ANY = 1 << 24;
    private static final long MOST_FROM_ONE_BYTE = 1100;

    /**
     * Checks the limits.
     *
     * @throws ConfigException if one is below 1, or above what one array holds
     */
    public DecodeLimits {
        if (bytes < 1 || bytes > Integer.MAX_VALUE - 8 || pixels < 1 || pixels > (Integer.MAX_VALUE - 8) / 4) {
            throw new ConfigException("decode limits: " + bytes + " bytes, " + pixels
                    + " pixels (need 1..2147483639 and 1..536870909)");
        }
    }

    /**
     * Lets the size pass that a file claims.
     *
     * @param bits of a pixel
     * @throws DataException if it is empty, above the limit, or more than the file can hold
     */
    void check(long width, long height, int bits, long fileBytes) {
        if (width < 1 || height < 1) {
            throw new DataException("empty picture: " + width + " x " + height + " pixels (need 1 x 1 or more)");
        }
        if (width > pixels / height) {
            throw new DataException("picture too large: " + width + " x " + height + " pixels (allowed: " + pixels
                    + "; shrink it, or raise the limit)");
        }
        if (width * height / 8 * bits > Math.max(BYTES_OF_ANY, MOST_FROM_ONE_BYTE * fileBytes)) {
            throw new DataException("picture too large for its file: " + width + " x " + height + " pixels of " + bits
                    + " bits in " + fileBytes + " bytes (convert it to PNG)");
        }
    }
}
