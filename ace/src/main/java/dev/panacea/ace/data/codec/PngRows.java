package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates the rows of a PNG file one by one, undoes their filters, and takes the samples out of them. */
final class PngRows implements AutoCloseable {
    private static final int[][] PASSES = { // first row, first column, step down, step across
        {0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4}, {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}};
    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};
    /** Deflate cannot do better. */
    private static final int MOST_FROM_ONE_BYTE = 1032;

    private final byte[] file;
    private final List<PngDecoder.Part> parts;
    private final PngHeader header;
    private final Inflater inflater = new Inflater();
    private int next; // part to feed

    PngRows(byte[] file, List<PngDecoder.Part> parts, PngHeader header) {
        this.file = file;
        this.parts = parts;
        this.header = header;
    }

    /** All samples but those of alpha, [height, width, channels]. */
    short[] read() {
        long packed = parts.stream().mapToLong(PngDecoder.Part::length).sum();
        long needed = header.height() * (1 + ((long) header.width() * header.pixelBits() + 7) / 8);
        if (needed / MOST_FROM_ONE_BYTE > packed) {
            throw new DataException("PNG cut off or forged: " + header.width() + " x " + header.height()
                    + " pixels in " + packed + " bytes (copy the file again)");
        }
        short[] codes = new short[Math.multiplyExact(header.width() * header.height(), header.channels())];
        for (int[] pass : header.interlaced() ? PASSES : ONE_PASS) {
            int columns = Math.ceilDiv(header.width() - pass[1], pass[3]);
            if (columns > 0) {
                readPass(codes, pass, columns);
            }
        }
        return codes;
    }

    private void readPass(short[] codes, int[] pass, int columns) {
        int length = (int) (((long) columns * header.pixelBits() + 7) / 8);
        int back = Math.max(1, header.pixelBits() / 8);
        byte[] filter = new byte[1];
        byte[] above = new byte[back + length]; // both begin with a pixel of zeros, left of the picture
        byte[] row = new byte[back + length];
        for (int y = pass[0]; y < header.height(); y += pass[2]) {
            fill(filter, 0, 1);
            fill(row, back, length);
            unfilter(filter[0], row, above, back);
            unpack(row, back, columns, codes, (y * header.width() + pass[1]) * header.channels(),
                    pass[3] * header.channels());
            byte[] done = row;
            row = above;
            above = done;
        }
    }

    private void fill(byte[] target, int from, int length) {
        int done = 0;
        try {
            while (done < length) {
                int got = inflater.inflate(target, from + done, length - done);
                done += got;
                if (got == 0) {
                    if (inflater.finished() || inflater.needsDictionary()
                            || inflater.needsInput() && next == parts.size()) {
                        throw new DataException("PNG cut off: its pixels end early (copy the file again)");
                    }
                    if (inflater.needsInput()) {
                        PngDecoder.Part part = parts.get(next++);
                        inflater.setInput(file, part.from(), part.length());
                    }
                }
            }
        } catch (DataFormatException damaged) {
            throw new DataException("PNG damaged: " + damaged.getMessage() + " (copy the file again)", damaged);
        }
    }

    private static void unfilter(int filter, byte[] row, byte[] above, int back) {
        switch (filter) {
            case 0 -> { }
            case 1 -> {
                for (int i = back; i < row.length; i++) {
                    row[i] += row[i - back];
                }
            }
            case 2 -> {
                for (int i = back; i < row.length; i++) {
                    row[i] += above[i];
                }
            }
            case 3 -> {
                for (int i = back; i < row.length; i++) {
                    row[i] += (byte) ((row[i - back] & 0xFF) + (above[i] & 0xFF) >> 1);
                }
            }
            case 4 -> {
                for (int c = 0; c < back; c++) { // byte by byte of a pixel, so that its left neighbour is at hand
                    int left = 0;
                    int corner = 0;
                    for (int i = back + c; i < row.length; i += back) {
                        int upper = above[i] & 0xFF;
                        left = row[i] + nearest(left, upper, corner) & 0xFF;
                        row[i] = (byte) left;
                        corner = upper;
                    }
                }
            }
            default -> throw new DataException("PNG damaged: filter " + filter + " (need 0..4)");
        }
    }

    /** Of left, upper and upper left neighbour the one nearest to left + upper - upper left. */
    private static int nearest(int left, int upper, int corner) {
        int toLeft = Math.abs(upper - corner);
        int toUpper = Math.abs(left - corner);
        int toCorner = Math.abs(left + upper - 2 * corner);
        return toLeft <= toUpper && toLeft <= toCorner ? left : toUpper <= toCorner ? upper : corner;
    }

    private void unpack(byte[] row, int from, int columns, short[] codes, int target, int step) {
        int bits = header.bits();
        int stored = header.pixelBits() / bits; // samples of a pixel in the file
        if (bits == 8 && stored == header.channels() && stored == step) { // nearly all films
            for (int i = 0; i < columns * step; i++) {
                codes[target + i] = (short) (row[from + i] & 0xFF);
            }
            return;
        }
        for (int x = 0; x < columns; x++) {
            int to = target + x * step;
            for (int c = 0; c < header.channels(); c++) {
                int sample = x * stored + c;
                codes[to + c] = (short) switch (bits) {
                    case 8 -> row[from + sample] & 0xFF;
                    case 16 -> (row[from + 2 * sample] & 0xFF) << 8 | row[from + 2 * sample + 1] & 0xFF;
                    default -> row[from + sample * bits / 8] >> 8 - bits - sample * bits % 8 & (1 << bits) - 1;
                };
            }
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
