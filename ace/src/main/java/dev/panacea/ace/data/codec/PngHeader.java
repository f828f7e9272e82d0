package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/**
 * What the first chunk of a PNG file says.
 *
 * @param width pixels of a row
 * @param height rows
 * @param bits of a sample: 1, 2, 4, 8 or 16
 * @param colour 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha
 * @param interlaced whether it is written in seven passes, coarse to fine
 */
record PngHeader(int width, int height, int bits, int colour, boolean interlaced) {
    static PngHeader read(byte[] file, PngDecoder.Part data) {
        if (data.length() != 13) {
            throw new DataException("PNG damaged: header of " + data.length() + " bytes (need 13)");
        }
        int at = data.from();
        long width = Bytes.uint32(file, at);
        long height = Bytes.uint32(file, at + 4);
        int bits = file[at + 8];
        int colour = file[at + 9];
        boolean known = switch (colour) {
            case 0 -> bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
            case 3 -> bits == 1 || bits == 2 || bits == 4 || bits == 8;
            case 2, 4, 6 -> bits == 8 || bits == 16;
            default -> false;
        };
        if (!known || file[at + 10] != 0 || file[at + 11] != 0 || file[at + 12] < 0 || file[at + 12] > 1) {
            throw new DataException("PNG damaged: no such kind: " + bits + " bits, colour " + colour + ", compression "
                    + file[at + 10] + ", filter " + file[at + 11] + ", interlacing " + file[at + 12]
                    + " (convert the file again)");
        }
        if (width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
            throw new DataException("PNG damaged: size " + width + " x " + height + " (convert the file again)");
        }
        return new PngHeader((int) width, (int) height, bits, colour, file[at + 12] == 1);
    }

    boolean grey() {
        return colour == 0 || colour == 4;
    }

    boolean indexed() {
        return colour == 3;
    }

    boolean alpha() {
        return colour >= 4;
    }

    /** Samples of a pixel that are kept. */
    int channels() {
        return colour == 2 || colour == 6 ? 3 : 1;
    }

    /** Bits of a pixel as stored. */
    int pixelBits() {
        return bits * (channels() + (alpha() ? 1 : 0));
    }
}
