package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads JPEG 2000 (ITU T.800), as files and as bare streams. No library on Maven Central that is kept and permissively
 * licensed decodes it, and half of the DICOM archives hold it.
 */
public final class Jpeg2000Decoder {
    private static final byte[] FILE = {0, 0, 0, 12, 'j', 'P', ' ', ' ', 13, 10, (byte) 0x87, 10};
    private static final byte[] STREAM = {(byte) 0xFF, 0x4F, (byte) 0xFF, 0x51};
    private static final long SYCC = 18;

    private final byte[] file;
    private final SizeCheck sizes;
    private final Map<Integer, Tile> tiles = new TreeMap<>();
    private J2kSize size;
    private Style main;

    /** How components are coded: for the picture, or for a tile that differs. */
    private record Style(J2kCoding[] codings, J2kSteps[] steps, boolean[] ownCoding, boolean[] ownSteps) {
        static Style of(int components) {
            return new Style(new J2kCoding[components], new J2kSteps[components], new boolean[components],
                    new boolean[components]);
        }

        /** For a tile, whose own general markers stand above the picture's for one component. */
        Style copy() {
            return new Style(codings.clone(), steps.clone(), new boolean[codings.length], new boolean[codings.length]);
        }
    }

    private record Tile(Style style, ByteArrayOutputStream data) {}

    private Jpeg2000Decoder(byte[] file, SizeCheck sizes) {
        this.file = file;
        this.sizes = sizes;
    }

    /** Whether a file begins as a JPEG 2000 file or stream does. */
    public static boolean recognises(byte[] file) {
        return Bytes.startsWith(file, 0, FILE) || Bytes.startsWith(file, 0, STREAM);
    }

    /**
     * Decodes a file or stream. Signed samples are moved up to begin at 0 only where nobody else knows that they are
     * signed: in a file, not in a bare stream.
     *
     * @throws DataException if it is damaged, cut off, too large, or of a kind that is not readable
     */
    public static Samples decode(byte[] file, SizeCheck sizes) {
        Jpeg2000Decoder decoder = new Jpeg2000Decoder(file, sizes);
        boolean bare = Bytes.startsWith(file, 0, STREAM);
        long colours = 0;
        int stream = 0;
        if (!bare) {
            int[] found = decoder.streamAndColours();
            stream = found[0];
            colours = found[1];
        }
        decoder.read(stream);
        return decoder.picture(colours == SYCC, bare);
    }

    /** Walks over the boxes of a file; those of the header lie in one of their own. */
    private int[] streamAndColours() {
        int colours = 0;
        for (long at = 0; at + 8 <= file.length;) {
            int here = (int) at;
            long length = Bytes.uint32(file, here);
            long type = Bytes.uint32(file, here + 4);
            if (type == 0x6A703263L) { // jp2c
                return new int[] {here + (length == 1 ? 16 : 8), colours};
            }
            if (type == 0x70636C72L) { // pclr
                throw new DataException("JPEG 2000 with a palette: not readable (convert it to PNG)");
            }
            if (type == 0x636F6C72L && here + 15 <= file.length && file[here + 8] == 1) { // colr, by number
                colours = (int) Bytes.uint32(file, here + 11);
            }
            if (length < 8) {
                break;
            }
            at += type == 0x6A703268L ? 8 : length; // into jp2h, over all others
        }
        throw new DataException("JPEG 2000 cut off: no picture in " + file.length + " bytes (copy the file again)");
    }

    private void read(int from) {
        int at = from + 2;
        Style style = null;
        int tile = -1;
        int tileEnd = 0;
        while (at + 2 <= file.length) {
            int marker = Bytes.uint16(file, at);
            if (marker == 0xFFD9) {
                return;
            }
            if (marker == 0xFF93) { // the data of a part of a tile
                if (tile < 0 || tileEnd < at + 2) {
                    throw damaged("data of no tile at byte " + at);
                }
                tiles.get(tile).data.write(file, at + 2, tileEnd - at - 2);
                at = tileEnd;
                tile = -1;
                continue;
            }
            int data = at + 4;
            int end = at + 4 > file.length ? Integer.MAX_VALUE : at + 2 + Bytes.uint16(file, at + 2);
            if (marker < 0xFF01 || end > file.length) {
                throw new DataException("JPEG 2000 cut off: at byte " + at + " (copy the file again)");
            }
            if (marker == 0xFF51) {
                size = J2kSize.read(file, data);
                sizes.check(size.area().width(), size.area().height(), size.bits() * size.components());
                main = Style.of(size.components());
                style = main;
            } else if (size == null) {
                throw damaged("no size before marker " + Integer.toHexString(marker));
            } else if (marker == 0xFF90) {
                tile = Bytes.uint16(file, data);
                long length = Bytes.uint32(file, data + 2);
                tileEnd = length == 0 ? file.length : (int) Math.min(at + length, Integer.MAX_VALUE);
                if (tile >= size.tiles() || tileEnd > file.length) {
                    throw new DataException("JPEG 2000 cut off: tile " + tile + " of " + size.tiles() + " ends at byte "
                            + tileEnd + " of " + file.length + " (copy the file again)");
                }
                style = tiles.computeIfAbsent(tile, _ -> new Tile(main.copy(), new ByteArrayOutputStream())).style;
            } else {
                readStyle(marker, data, end, style);
            }
            at = end;
        }
    }

    private void readStyle(int marker, int data, int end, Style style) {
        int component = file[data] & 0xFF; // of the two markers that are for one
        int own = data + 1;
        if ((marker == 0xFF53 || marker == 0xFF5D) && component >= size.components()) {
            throw damaged("marker for component " + component + " of " + size.components());
        }
        switch (marker) {
            case 0xFF52 -> { // COD
                J2kCoding coding = J2kCoding.read(file, data);
                for (int c = 0; c < style.codings.length; c++) {
                    style.codings[c] = style.ownCoding[c] ? style.codings[c] : coding;
                }
            }
            case 0xFF53 -> { // COC
                if (style.codings[component] == null) {
                    throw damaged("a component's coding before that of all");
                }
                style.codings[component] = style.codings[component].component(file, own + 1, (file[own] & 1) != 0);
                style.ownCoding[component] = true;
            }
            case 0xFF5C -> { // QCD
                J2kSteps steps = J2kSteps.read(file, data, end);
                for (int c = 0; c < style.steps.length; c++) {
                    style.steps[c] = style.ownSteps[c] ? style.steps[c] : steps;
                }
            }
            case 0xFF5D -> { // QCC
                style.steps[component] = J2kSteps.read(file, own, end);
                style.ownSteps[component] = true;
            }
            case 0xFF5E, 0xFF5F, 0xFF60, 0xFF61 -> throw new DataException("JPEG 2000 with "
                    + (marker == 0xFF5E ? "a region of interest" : marker == 0xFF5F ? "changes of progression"
                            : "packed headers") + ": not readable (convert it to PNG)");
            case 0xFF50 -> throw new DataException("JPEG 2000 of the high-throughput kind: not readable"
                    + " (convert it to PNG)");
            default -> { }
        }
    }

    private static DataException damaged(String how) {
        return new DataException("JPEG 2000 damaged: " + how + " (copy the file again)");
    }

    private Samples picture(boolean lumaAndDifferences, boolean bare) {
        if (size == null || tiles.size() < size.tiles()) {
            throw new DataException("JPEG 2000 cut off: " + tiles.size() + " of "
                    + (size == null ? "its" : size.tiles()) + " tiles (copy the file again)");
        }
        int kept = size.components() >= 3 ? 3 : 1;
        J2kArea whole = size.area();
        short[] codes = new short[Math.multiplyExact(whole.width() * whole.height(), kept)];
        tiles.forEach((index, tile) -> {
            for (int c = 0; c < size.components(); c++) {
                if (tile.style.codings[c] == null || tile.style.steps[c] == null) {
                    throw damaged("no coding or quantisation given");
                }
            }
            J2kArea area = size.tile(index);
            float[][] samples = new J2kTile(size, area, tile.style.codings, tile.style.steps)
                    .decode(tile.data.toByteArray());
            for (int c = 0; c < kept; c++) {
                place(samples[c], area, c, codes, kept, bare);
            }
        });
        Samples.Space space = kept == 1 ? Samples.Space.GREY
                : lumaAndDifferences ? Samples.Space.YCC : Samples.Space.RGB;
        return new Samples(whole.width(), whole.height(), space, size.bits(), codes,
                kept == size.components() ? List.of() : List.of("alpha ignored"));
    }

    private void place(float[] samples, J2kArea tile, int c, short[] codes, int channels, boolean bare) {
        J2kArea own = size.component(tile, c);
        int middle = 1 << size.bits() - 1;
        int mask = (1 << size.bits()) - 1;
        int flip = size.signed() && bare ? middle : 0; // back to the two's complement that DICOM expects
        for (int y = tile.top(); y < tile.bottom(); y++) {
            int row = Math.clamp(y / size.stepsY()[c], own.top(), own.bottom() - 1) - own.top();
            int pixel = (y - size.area().top()) * size.area().width() + tile.left() - size.area().left();
            int target = pixel * channels + c;
            for (int x = tile.left(); x < tile.right(); x++, target += channels) {
                int column = Math.clamp(x / size.stepsX()[c], own.left(), own.right() - 1) - own.left();
                int value = Math.clamp(Math.round(samples[row * own.width() + column]) + middle, 0, mask);
                codes[target] = (short) (value ^ flip);
            }
        }
    }
}
