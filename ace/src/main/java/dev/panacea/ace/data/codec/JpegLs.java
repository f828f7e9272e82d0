package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/**
 * Reads the scans of a JPEG-LS file (ITU T.87): components one after the other, line by line, or sample by sample.
 */
final class JpegLs {
    private final JpegHeader header;
    private final byte[] file;
    private final short[] codes;
    private final int[] preset = new int[5]; // largest value, three thresholds, reset; 0 where not given
    private int restart;

    private JpegLs(JpegHeader header) {
        this.header = header;
        file = header.bare();
        codes = new short[Math.multiplyExact(header.width() * header.height(), header.components())];
    }

    static short[] decode(JpegHeader header) {
        if (header.bits() < 2 || header.bits() > 16) {
            throw new DataException("JPEG-LS damaged: " + header.bits() + " bits (need 2..16)");
        }
        JpegLs decoder = new JpegLs(header);
        decoder.segments();
        return decoder.codes;
    }

    private void segments() {
        int done = 0;
        for (int at = 2; at + 4 <= file.length && done < header.components();) {
            int marker = file[at] == (byte) 0xFF ? file[at + 1] & 0xFF : 0;
            if (marker == 0xD9) {
                break;
            }
            if (marker < 0xC0 || marker == 0xFF) {
                at++;
                continue;
            }
            int data = at + 4;
            int length = Bytes.uint16(file, at + 2);
            at += 2 + length;
            if (marker == 0xDD) {
                restart = length >= 4 ? Bytes.uint16(file, data) : 0;
            } else if (marker == 0xF8) {
                readPreset(data);
            } else if (marker == 0xDA) {
                at = scan(data, at, done);
                done += file[data];
            }
        }
        if (done < header.components()) {
            throw new DataException("JPEG-LS cut off: " + done + " of " + header.components()
                    + " components (copy the file again)");
        }
    }

    private void readPreset(int data) {
        if (file[data] != 1) {
            throw new DataException("JPEG-LS with tables or of more than 65535 pixels: not readable"
                    + " (convert it to PNG)");
        }
        for (int i = 0; i < preset.length; i++) {
            preset[i] = Bytes.uint16(file, data + 1 + 2 * i);
        }
    }

    /** Reads one scan and returns where it ends. */
    private int scan(int data, int from, int done) {
        int count = file[data];
        int near = file[data + 1 + 2 * count] & 0xFF;
        int interleaving = file[data + 2 + 2 * count];
        if (count < 1 || done + count > header.components() || interleaving < 0 || interleaving > 2
                || count > 1 != interleaving > 0 || restart > 0) {
            throw new DataException("JPEG-LS damaged or of an unknown kind: " + count + " components interleaved "
                    + interleaving + ", restart " + restart + " (convert it to PNG)");
        }
        JpegLsBits bits = new JpegLsBits(file, from);
        int bySample = interleaving == 2 ? count : 1; // components that take turns within a line
        JpegLsLine line = new JpegLsLine(bits, JpegLsScale.of(header.bits(), near, preset), header.width(), bySample);
        int[][] above = new int[count][header.width() + 2];
        int[][] row = new int[count][header.width() + 2];
        int[] runs = new int[count];
        for (int y = 0; y < header.height(); y++) {
            for (int c = 0; c < count; c += bySample) {
                runs[c] = line.read(java.util.Arrays.copyOfRange(above, c, c + bySample),
                        java.util.Arrays.copyOfRange(row, c, c + bySample), runs[c]);
            }
            for (int c = 0; c < count; c++) {
                int to = y * header.width() * header.components() + done + c;
                for (int x = 0; x < header.width(); x++) {
                    codes[to + x * header.components()] = (short) row[c][x + 1];
                }
            }
            int[][] last = above;
            above = row;
            row = last;
        }
        return bits.at();
    }
}
