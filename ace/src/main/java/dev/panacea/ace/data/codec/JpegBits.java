package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/** The bits of one scan of a JPEG file, up to the next marker. */
final class JpegBits {
    private final byte[] file;
    private int at;
    private long buffer; // low bits, the next one highest of them
    private int count; // bits in it, those of zeros behind the end included
    private int real; // bits that the file holds

    JpegBits(byte[] file, int at) {
        this.file = file;
        this.at = at;
    }

    private void fill() {
        while (count <= 48) {
            int value = 0;
            if (at < file.length && (file[at] != (byte) 0xFF || at + 1 < file.length && file[at + 1] == 0)) {
                value = file[at] & 0xFF;
                at += value == 0xFF ? 2 : 1;
                real += 8;
            }
            buffer = buffer << 8 | value;
            count += 8;
        }
    }

    /** The next 16 bits, zeros behind the end of the scan. */
    int peek16() {
        if (count < 16) {
            fill();
        }
        return (int) (buffer >> count - 16) & 0xFFFF;
    }

    void skip(int bits) {
        count -= bits;
        real -= bits;
        if (real < 0) {
            throw new DataException("JPEG cut off: its pixels end early, at byte " + at + " (copy the file again)");
        }
    }

    /** The next bits, up to 16, as a number. */
    int read(int bits) {
        if (bits == 0) {
            return 0;
        }
        int value = peek16() >> 16 - bits;
        skip(bits);
        return value;
    }

    /** The next bits as JPEG writes differences: those that begin with 0 are negative. */
    int readSigned(int bits) {
        int value = read(bits);
        return bits == 0 || value >> bits - 1 != 0 ? value : value - (1 << bits) + 1;
    }

    /** Goes behind the next restart marker. */
    void restart() {
        if (!(at + 1 < file.length && file[at] == (byte) 0xFF && (file[at + 1] & 0xF8) == 0xD0)) {
            throw new DataException("JPEG damaged: no restart marker at byte " + at + " (copy the file again)");
        }
        at += 2;
        count = 0;
        real = 0;
    }

    /** Where the reading has come to. */
    int at() {
        return at;
    }
}
