package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/** The bits of one scan of a JPEG-LS file: behind a byte of ones the next has seven. */
final class JpegLsBits {
    private final byte[] file;
    private int at;
    private int current;
    private int left; // bits of the current byte still to be read

    JpegLsBits(byte[] file, int at) {
        this.file = file;
        this.at = at;
    }

    int bit() {
        if (left == 0) {
            boolean stuffed = current == 0xFF;
            if (at >= file.length || stuffed && file[at] < 0) {
                throw new DataException("JPEG-LS cut off: its pixels end early, at byte " + at
                        + " (copy the file again)");
            }
            current = file[at++] & 0xFF;
            left = stuffed ? 7 : 8;
        }
        left--;
        return current >> left & 1;
    }

    int read(int bits) {
        int value = 0;
        for (int i = 0; i < bits; i++) {
            value = value << 1 | bit();
        }
        return value;
    }

    /**
     * A number in Golomb's code: how often 2^k fits in ones' complement, then the rest; where it would get longer than
     * {@code limit}, the plain number less 1.
     */
    int golomb(int k, int limit, int plainBits) {
        int zeros = 0;
        while (bit() == 0) {
            if (++zeros > limit) {
                throw new DataException("JPEG-LS damaged: a code longer than " + limit + " bits (copy the file again)");
            }
        }
        return zeros < limit - plainBits - 1 ? zeros << k | read(k) : read(plainBits) + 1;
    }

    int at() {
        return at;
    }
}
