package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/** Walks over the markers of a JPEG file from scan to scan, keeping the tables that they define. */
final class JpegScans {
    /**
     * A component of the frame.
     *
     * @param name its identifier
     * @param across samples of it for one step across
     * @param down samples of it for one step down
     * @param table which table of quantisation it uses
     */
    record Component(int name, int across, int down, int table) {}

    /**
     * One scan.
     *
     * @param components which of the frame's components it holds
     * @param first the tables that their first numbers use
     * @param rest the tables that the others use
     * @param start for lossless files the predictor
     * @param shift how many low bits were left out
     * @param from where its bits begin
     */
    record Scan(int[] components, JpegHuffman[] first, JpegHuffman[] rest, int start, int shift, int from) {}

    private final byte[] file;
    private final JpegHuffman[] firstTables = new JpegHuffman[4];
    private final JpegHuffman[] restTables = new JpegHuffman[4];
    private final int[][] quantisation = new int[4][];
    private Component[] components;
    private int restart;
    private int at = 2;

    JpegScans(byte[] file) {
        this.file = file;
    }

    /** The next scan, or null where there is none. */
    Scan next() {
        while (at + 4 <= file.length) {
            int marker = file[at] == (byte) 0xFF ? file[at + 1] & 0xFF : 0;
            if (marker == 0xD9) {
                return null;
            }
            if (marker < 0xC0 || marker >= 0xD0 && marker <= 0xD8 || marker == 0xFF) {
                at++;
                continue;
            }
            int data = at + 4;
            int end = at + 2 + Bytes.uint16(file, at + 2);
            at = end;
            switch (marker) {
                case 0xC4 -> readHuffman(data, end);
                case 0xDB -> readQuantisation(data, end);
                case 0xDD -> restart = Bytes.uint16(file, data);
                case 0xDA -> {
                    return scan(data, end);
                }
                case 0xC0, 0xC1, 0xC3 -> {
                    components = new Component[file[data + 5]];
                    for (int i = 0; i < components.length; i++) {
                        int from = data + 6 + 3 * i;
                        components[i] = new Component(file[from], file[from + 1] >> 4 & 15, file[from + 1] & 15,
                                file[from + 2] & 3);
                        if (components[i].across < 1 || components[i].across > 4 || components[i].down < 1
                                || components[i].down > 4) {
                            throw new DataException("JPEG damaged: component sampled " + components[i].across + " x "
                                    + components[i].down + " (need 1..4)");
                        }
                    }
                }
                default -> { }
            }
        }
        return null;
    }

    private void readHuffman(int from, int end) {
        for (int i = from; i < end;) {
            int symbols = 0;
            for (int length = 1; length <= 16; length++) {
                symbols += file[i + length] & 0xFF;
            }
            (file[i] >> 4 == 0 ? firstTables : restTables)[file[i] & 3] = JpegHuffman.read(file, i + 1);
            i += 17 + symbols;
        }
    }

    private void readQuantisation(int from, int end) {
        for (int i = from; i < end;) {
            int bytes = file[i] >> 4 == 0 ? 1 : 2;
            int[] steps = quantisation[file[i++] & 3] = new int[64];
            for (int k = 0; k < 64; k++, i += bytes) {
                steps[k] = bytes == 1 ? file[i] & 0xFF : Bytes.uint16(file, i);
            }
        }
    }

    private Scan scan(int data, int end) {
        int count = file[data];
        if (components == null || count < 1 || count > components.length) {
            throw new DataException("JPEG damaged: a scan of " + count + " components (need 1..4, after a frame)");
        }
        Scan scan = new Scan(new int[count], new JpegHuffman[count], new JpegHuffman[count],
                file[data + 1 + 2 * count], file[data + 3 + 2 * count] & 15, end);
        for (int i = 0; i < count; i++) {
            int name = file[data + 1 + 2 * i];
            scan.components[i] = -1;
            for (int c = 0; c < components.length; c++) {
                scan.components[i] = components[c].name == name ? c : scan.components[i];
            }
            int tables = file[data + 2 + 2 * i];
            scan.first[i] = firstTables[tables >> 4 & 3];
            scan.rest[i] = restTables[tables & 3];
            if (scan.components[i] < 0 || scan.first[i] == null) {
                throw new DataException("JPEG damaged: a scan names a component or table that is not there"
                        + " (copy the file again)");
            }
        }
        return scan;
    }

    Component[] components() {
        return components;
    }

    int[] quantisation(Component component) {
        if (quantisation[component.table] == null) {
            throw new DataException("JPEG damaged: quantisation table " + component.table
                    + " is missing (copy the file again)");
        }
        return quantisation[component.table];
    }

    /** Steps between restart markers, 0 for none. */
    int restart() {
        return restart;
    }

    /** Goes on behind a scan. */
    void continueAt(int place) {
        at = place;
    }
}
