package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/** JPEG of 12 bits in one pass, which medical machines write and the JDK does not read (ITU T.81, annex F). */
final class JpegExtended {
    private static final int SIDE = 8;
    private static final int[] ZIGZAG = {0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40,
        48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58,
        59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};
    private static final float[] COSINES = new float[SIDE * SIDE]; // [frequency, place]

    static {
        for (int u = 0; u < SIDE; u++) {
            for (int x = 0; x < SIDE; x++) {
                COSINES[u * SIDE + x] = (float) (Math.cos((2 * x + 1) * u * Math.PI / 16)
                        * (u == 0 ? Math.sqrt(0.125) : 0.5));
            }
        }
    }

    private final JpegHeader header;
    private final JpegScans scans;
    private final float[] block = new float[SIDE * SIDE];
    private final float[] half = new float[SIDE * SIDE];
    private Plane[] planes;
    private int across = 1; // the most samples of any component for one step
    private int down = 1;

    /** The samples of one component, padded to whole blocks. */
    private record Plane(int width, int columns, int rows, short[] samples) {}

    private JpegExtended(JpegHeader header) {
        this.header = header;
        scans = new JpegScans(header.bare());
    }

    static short[] decode(JpegHeader header) {
        if (header.bits() != 12 || header.frame() == 0xC2) {
            throw new DataException("JPEG " + header.process() + " of " + header.bits()
                    + " bits: not readable (convert it to PNG)");
        }
        JpegExtended decoder = new JpegExtended(header);
        int done = 0;
        for (JpegScans.Scan scan = decoder.scans.next(); scan != null; scan = decoder.scans.next()) {
            decoder.scan(scan);
            done += scan.components().length;
        }
        if (done < header.components()) {
            throw new DataException("JPEG cut off: " + done + " of " + header.components()
                    + " components (copy the file again)");
        }
        return decoder.codes();
    }

    private void begin() {
        for (JpegScans.Component component : scans.components()) {
            across = Math.max(across, component.across());
            down = Math.max(down, component.down());
        }
        planes = new Plane[header.components()];
        for (int c = 0; c < planes.length; c++) {
            JpegScans.Component component = scans.components()[c];
            int width = Math.ceilDiv(header.width(), across * SIDE) * component.across() * SIDE;
            int height = Math.ceilDiv(header.height(), down * SIDE) * component.down() * SIDE;
            planes[c] = new Plane(width, Math.ceilDiv(header.width() * component.across(), across * SIDE),
                    Math.ceilDiv(header.height() * component.down(), down * SIDE),
                    new short[Math.multiplyExact(width, height)]);
        }
    }

    private void scan(JpegScans.Scan scan) {
        if (planes == null) {
            begin();
        }
        boolean single = scan.components().length == 1; // then no block is padding
        Plane only = planes[scan.components()[0]];
        int columns = single ? only.columns : Math.ceilDiv(header.width(), across * SIDE);
        int rows = single ? only.rows : Math.ceilDiv(header.height(), down * SIDE);
        JpegBits bits = new JpegBits(header.bare(), scan.from());
        int[] last = new int[scan.components().length]; // the mean of the block before, of each component
        int left = scans.restart();
        for (int step = 0; step < columns * rows; step++) {
            if (scans.restart() > 0 && left-- == 0) {
                bits.restart();
                left = scans.restart() - 1;
                java.util.Arrays.fill(last, 0);
            }
            for (int c = 0; c < last.length; c++) {
                JpegScans.Component component = scans.components()[scan.components()[c]];
                int wide = single ? 1 : component.across();
                int high = single ? 1 : component.down();
                for (int b = 0; b < wide * high; b++) {
                    last[c] = readBlock(bits, scan, c, last[c]);
                    transform(planes[scan.components()[c]], step % columns * wide + b % wide,
                            step / columns * high + b / wide);
                }
            }
        }
        scans.continueAt(bits.at());
    }

    /** Fills the block with the next coefficients, and returns their first, which the next block is relative to. */
    private int readBlock(JpegBits bits, JpegScans.Scan scan, int c, int last) {
        int[] steps = scans.quantisation(scans.components()[scan.components()[c]]);
        java.util.Arrays.fill(block, 0);
        int mean = last + bits.readSigned(Math.min(scan.first()[c].decode(bits), 16));
        block[0] = mean * steps[0];
        JpegHuffman rest = scan.rest()[c];
        if (rest == null) {
            throw new DataException("JPEG damaged: a table is missing (copy the file again)");
        }
        for (int k = 1; k < block.length; k++) {
            int symbol = rest.decode(bits);
            int length = symbol & 15;
            if (length == 0 && symbol != 0xF0) {
                break;
            }
            k += symbol >> 4;
            if (k >= block.length) {
                throw new DataException("JPEG damaged: a block of more than 64 numbers (copy the file again)");
            }
            block[ZIGZAG[k]] = bits.readSigned(length) * steps[k];
        }
        return mean;
    }

    /** From frequencies to samples, along rows and then along columns. */
    private void transform(Plane plane, int column, int row) {
        for (int v = 0; v < SIDE; v++) {
            for (int x = 0; x < SIDE; x++) {
                float sum = 0;
                for (int u = 0; u < SIDE; u++) {
                    sum += block[v * SIDE + u] * COSINES[u * SIDE + x];
                }
                half[v * SIDE + x] = sum;
            }
        }
        int largest = (1 << header.bits()) - 1;
        int middle = 1 << header.bits() - 1;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                float sum = 0;
                for (int v = 0; v < SIDE; v++) {
                    sum += half[v * SIDE + x] * COSINES[v * SIDE + y];
                }
                plane.samples[(row * SIDE + y) * plane.width + column * SIDE + x] =
                        (short) Math.clamp(Math.round(sum) + middle, 0, largest);
            }
        }
    }

    /** [height, width, components], components of fewer samples repeated. */
    private short[] codes() {
        short[] codes = new short[Math.multiplyExact(header.width() * header.height(), planes.length)];
        for (int c = 0; c < planes.length; c++) {
            JpegScans.Component component = scans.components()[c];
            for (int y = 0; y < header.height(); y++) {
                int from = y * component.down() / down * planes[c].width;
                for (int x = 0; x < header.width(); x++) {
                    codes[(y * header.width() + x) * planes.length + c] =
                            planes[c].samples[from + x * component.across() / across];
                }
            }
        }
        return codes;
    }
}
