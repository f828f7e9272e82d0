package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Reads PNG files of every kind. The JDK's reader, no faster, passes over wrong checksums and over colours that a
 * palette does not have, and allocates the whole picture before it looks for its bytes. Transparency and gamma are not
 * applied: in medical files they say nothing about the film.
 */
public final class PngDecoder {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    /** A stretch of the file. */
    record Part(int from, int length) {}

    private final byte[] file;
    private final SizeCheck sizes;
    private final List<Part> compressed = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private PngHeader header;
    private Part palette;
    private int orientation = 1;

    private PngDecoder(byte[] file, SizeCheck sizes) {
        this.file = file;
        this.sizes = sizes;
    }

    /** Whether a file begins as a PNG file does. */
    public static boolean recognises(byte[] file) {
        return Bytes.startsWith(file, 0, SIGNATURE);
    }

    /**
     * Decodes a file.
     *
     * @throws DataException if it is damaged, cut off or too large
     */
    public static Samples decode(byte[] file, SizeCheck sizes) {
        PngDecoder decoder = new PngDecoder(file, sizes);
        decoder.readChunks();
        return decoder.picture();
    }

    private void readChunks() {
        int at = SIGNATURE.length;
        String type = "";
        while (!type.equals("IEND")) {
            long length = at + 12 > file.length ? -1 : Bytes.uint32(file, at);
            if (length < 0 || length > file.length - at - 12) {
                throw new DataException("PNG cut off: after " + file.length + " bytes, in or before chunk "
                        + (compressed.size() + 1) + " of pixels (copy the file again)");
            }
            type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
            Part data = new Part(at + 8, (int) length);
            if (header == null && !type.equals("IHDR")) {
                throw new DataException("PNG has no header: first chunk is '" + Bytes.printable(type)
                        + "' (need IHDR)");
            }
            switch (type) {
                case "IHDR" -> {
                    checked(data, type);
                    header = PngHeader.read(file, data);
                    sizes.check(header.width(), header.height(), header.pixelBits());
                }
                case "PLTE" -> palette = checked(data, type);
                case "IDAT" -> compressed.add(checked(data, type));
                case "eXIf" -> orientation = ExifOrientation.read(file, data.from, data.from + data.length);
                case "gAMA" -> notes.add("gamma not applied");
                default -> { }
            }
            at += 12 + data.length;
        }
    }

    private Part checked(Part data, String type) {
        CRC32 crc = new CRC32();
        crc.update(file, data.from - 4, data.length + 4);
        if (crc.getValue() != Bytes.uint32(file, data.from + data.length)) {
            throw new DataException("PNG damaged: checksum of chunk " + type + " at byte " + (data.from - 8)
                    + " is wrong (copy or convert the file again)");
        }
        return data;
    }

    private Samples picture() {
        if (header.alpha()) {
            notes.add("alpha ignored");
        }
        if (header.indexed() && (palette == null || palette.length % 3 != 0)) {
            throw new DataException("PNG damaged: " + (palette == null ? "no palette"
                    : "palette of " + palette.length + " bytes") + " (need 3 for each colour)");
        }
        short[] codes;
        try (PngRows rows = new PngRows(file, compressed, header)) {
            codes = rows.read();
        }
        if (header.indexed()) {
            codes = coloured(codes);
        }
        Samples.Space space = header.grey() ? Samples.Space.GREY : Samples.Space.RGB;
        return new Samples(header.width(), header.height(), space, header.indexed() ? 8 : header.bits(), codes,
                List.copyOf(notes)).upright(orientation);
    }

    private short[] coloured(short[] indices) {
        short[] codes = new short[indices.length * 3];
        int colours = palette.length / 3;
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] >= colours) {
                throw new DataException("PNG damaged: colour " + indices[i] + " of a palette of " + colours
                        + " (convert the file again)");
            }
            for (int c = 0; c < 3; c++) {
                codes[3 * i + c] = (short) (file[palette.from + 3 * indices[i] + c] & 0xFF);
            }
        }
        return codes;
    }
}
