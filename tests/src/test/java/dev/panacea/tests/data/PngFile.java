package dev.panacea.tests.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Writes PNG files of any kind, each row with another filter, for tests of the reader. */
final class PngFile {
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final int width;
    private final int height;
    private final int bits;
    private final int colour;

    /** A file of so many pixels, of bits and colour as its header has them. */
    PngFile(int width, int height, int bits, int colour, boolean interlaced) {
        this.width = width;
        this.height = height;
        this.bits = bits;
        this.colour = colour;
        file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
        chunk("IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) bits).put((byte) colour)
                .put((byte) 0).put((byte) 0).put((byte) (interlaced ? 1 : 0)).array());
    }

    static int channels(int colour) {
        return switch (colour) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    PngFile chunk(String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        file.writeBytes(ByteBuffer.allocate(12 + data.length).putInt(data.length).put(name).put(data)
                .putInt((int) crc.getValue()).array());
        return this;
    }

    /** Samples [height, width, channels] in one pass or in seven. */
    byte[] rows(int[] samples, boolean interlaced) throws java.io.IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        int[][] passes = interlaced ? new int[][] {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4},
            {1, 0, 2, 2}, {0, 1, 1, 2}} : new int[][] {{0, 0, 1, 1}}; // first column, first row, steps
        for (int[] pass : passes) {
            byte[] above = null;
            for (int y = pass[1]; y < height && pass[0] < width; y += pass[3]) {
                byte[] row = packed(samples, y, pass[0], pass[2]);
                filtered(raw, row, above == null ? new byte[row.length] : above, y % 5);
                above = row;
            }
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
            deflater.write(raw.toByteArray());
        }
        return packed.toByteArray();
    }

    private byte[] packed(int[] samples, int y, int first, int step) {
        StringBuilder line = new StringBuilder();
        for (int x = first; x < width; x += step) {
            for (int c = 0; c < channels(colour); c++) {
                int sample = samples[(y * width + x) * channels(colour) + c];
                line.append("%16s".formatted(Integer.toBinaryString(sample)).replace(' ', '0').substring(16 - bits));
            }
        }
        byte[] row = new byte[(line.length() + 7) / 8];
        for (int i = 0; i < line.length(); i++) {
            row[i / 8] |= (byte) (line.charAt(i) - '0' << 7 - i % 8);
        }
        return row;
    }

    private void filtered(ByteArrayOutputStream raw, byte[] row, byte[] above, int filter) {
        int back = Math.max(1, bits * channels(colour) / 8);
        raw.write(filter);
        for (int i = 0; i < row.length; i++) {
            int a = i < back ? 0 : row[i - back] & 0xFF;
            int b = above[i] & 0xFF;
            int c = i < back ? 0 : above[i - back] & 0xFF;
            int p = a + b - c;
            int paeth = Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c) ? a
                    : Math.abs(p - b) <= Math.abs(p - c) ? b : c;
            raw.write(row[i] - new int[] {0, a, b, (a + b) / 2, paeth}[filter]);
        }
    }

    byte[] end() {
        chunk("IEND", new byte[0]);
        return file.toByteArray();
    }
}
