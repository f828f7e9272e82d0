package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/** Lossless JPEG: each sample as its difference from one of seven guesses by its neighbours (ITU T.81, annex H). */
final class JpegLossless {
    private final JpegHeader header;
    private final JpegScans scans;
    private final short[] codes;

    private JpegLossless(JpegHeader header) {
        this.header = header;
        scans = new JpegScans(header.bare());
        codes = new short[Math.multiplyExact(header.width() * header.height(), header.components())];
    }

    static short[] decode(JpegHeader header) {
        if (header.bits() < 2 || header.bits() > 16) {
            throw new DataException("JPEG damaged: " + header.bits() + " bits (need 2..16)");
        }
        JpegLossless decoder = new JpegLossless(header);
        int done = 0;
        for (JpegScans.Scan scan = decoder.scans.next(); scan != null; scan = decoder.scans.next()) {
            decoder.scan(scan);
            done += scan.components().length;
        }
        if (done < header.components()) {
            throw new DataException("JPEG cut off: " + done + " of " + header.components()
                    + " components (copy the file again)");
        }
        return decoder.codes;
    }

    private void scan(JpegScans.Scan scan) {
        for (int index : scan.components()) {
            if (scans.components()[index].across() != 1 || scans.components()[index].down() != 1) {
                throw new DataException("lossless JPEG with components of different sizes: not readable"
                        + " (convert it to PNG)");
            }
        }
        if (scan.start() < 1 || scan.start() > 7) {
            throw new DataException("JPEG damaged: predictor " + scan.start() + " (need 1..7)");
        }
        JpegBits bits = new JpegBits(header.bare(), scan.from());
        int left = scans.restart();
        boolean fresh = true; // the first sample, and the first behind a restart
        int freshRow = 0;
        for (int y = 0; y < header.height(); y++) {
            for (int x = 0; x < header.width(); x++) {
                if (scans.restart() > 0 && left-- == 0) {
                    bits.restart();
                    left = scans.restart() - 1;
                    fresh = true;
                    freshRow = y;
                }
                for (int c = 0; c < scan.components().length; c++) {
                    int at = (y * header.width() + x) * header.components() + scan.components()[c];
                    int guess = fresh ? 1 << header.bits() - scan.shift() - 1
                            : guess(at, x, y == freshRow, scan);
                    int length = scan.first()[c].decode(bits);
                    int difference = length == 16 ? 1 << 15 : bits.readSigned(Math.min(length, 15));
                    codes[at] = (short) ((guess + difference << scan.shift()) & (1 << header.bits()) - 1);
                }
                fresh = false;
            }
        }
        scans.continueAt(bits.at());
    }

    private int guess(int at, int x, boolean firstRow, JpegScans.Scan scan) {
        int step = header.components();
        int above = at - header.width() * step;
        if (firstRow) {
            return value(at - step, scan);
        }
        if (x == 0) {
            return value(above, scan);
        }
        int a = value(at - step, scan);
        int b = value(above, scan);
        int c = value(above - step, scan);
        return switch (scan.start()) {
            case 1 -> a;
            case 2 -> b;
            case 3 -> c;
            case 4 -> a + b - c;
            case 5 -> a + (b - c >> 1);
            case 6 -> b + (a - c >> 1);
            default -> a + b >> 1;
        };
    }

    private int value(int at, JpegScans.Scan scan) {
        return (codes[at] & 0xFFFF) >> scan.shift();
    }
}
