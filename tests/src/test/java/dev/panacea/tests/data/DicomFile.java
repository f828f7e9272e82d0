package dev.panacea.tests.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Writes DICOM files of many kinds, for tests of the reader. */
public final class DicomFile {
    static final String IMPLICIT = "1.2.840.10008.1.2";
    public static final String EXPLICIT = "1.2.840.10008.1.2.1";
    static final String DEFLATED = "1.2.840.10008.1.2.1.99";
    static final String BIG = "1.2.840.10008.1.2.2";
    static final String RLE = "1.2.840.10008.1.2.5";

    private record Value(String type, byte[] bytes, boolean open) {}

    private final String syntax;
    private final ByteOrder order;
    private final Map<Integer, Value> values = new TreeMap<>(Integer::compareUnsigned);
    private boolean preamble = true;
    private boolean meta = true;

    DicomFile(String syntax) {
        this.syntax = syntax;
        order = syntax.equals(BIG) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** A grey picture of words that fill so many bits. */
    public static DicomFile grey(String syntax, int width, int height, int bits, int... words) {
        DicomFile file = new DicomFile(syntax).text(0x00080060, "CS", "CR").words(0x00280002, 1)
                .text(0x00280004, "CS", "MONOCHROME2").words(0x00280010, height).words(0x00280011, width)
                .words(0x00280100, 16).words(0x00280101, bits).words(0x00280102, bits - 1).words(0x00280103, 0);
        return file.pixels("OW", file.bytes(words));
    }

    DicomFile withoutPreamble(boolean withMeta) {
        preamble = false;
        meta = withMeta;
        return this;
    }

    DicomFile value(int tag, String type, byte[] bytes) {
        values.put(tag, new Value(type, bytes, false));
        return this;
    }

    DicomFile text(int tag, String type, String text) {
        return value(tag, type, (text.length() % 2 == 0 ? text : text + " ").getBytes(StandardCharsets.ISO_8859_1));
    }

    DicomFile words(int tag, int... words) {
        return value(tag, "US", bytes(words));
    }

    DicomFile without(int tag) {
        values.remove(tag);
        return this;
    }

    DicomFile pixels(String type, byte[] bytes) {
        return value(0x7FE00010, type, bytes);
    }

    /** Pixels in pieces, behind an empty table of offsets. */
    DicomFile pieces(byte[]... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head(0xFFFEE000, 0));
        for (byte[] piece : pieces) {
            out.writeBytes(head(0xFFFEE000, piece.length));
            out.writeBytes(piece);
        }
        out.writeBytes(head(0xFFFEE0DD, 0));
        values.put(0x7FE00010, new Value("OB", out.toByteArray(), true));
        return this;
    }

    /** A sequence of one item, whose lengths are told or left open. */
    DicomFile sequence(int tag, DicomFile item, boolean open) {
        byte[] content = item.elements();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head(0xFFFEE000, open ? -1 : content.length));
        out.writeBytes(content);
        if (open) {
            out.writeBytes(head(0xFFFEE00D, 0));
            out.writeBytes(head(0xFFFEE0DD, 0));
        }
        values.put(tag, new Value("SQ", out.toByteArray(), open));
        return this;
    }

    byte[] bytes(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * words.length).order(order);
        for (int word : words) {
            bytes.putShort((short) word);
        }
        return bytes.array();
    }

    private byte[] head(int tag, int length) {
        return ByteBuffer.allocate(8).order(order).putShort((short) (tag >>> 16)).putShort((short) tag).putInt(length)
                .array();
    }

    private byte[] elements() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        values.forEach((tag, value) -> out.writeBytes(element(tag, value, order, !syntax.equals(IMPLICIT))));
        return out.toByteArray();
    }

    private static byte[] element(int tag, Value value, ByteOrder order, boolean explicit) {
        boolean wide = explicit && (value.type.startsWith("O") || value.type.equals("SQ") || value.type.equals("UN"));
        ByteBuffer out = ByteBuffer.allocate(12 + value.bytes.length).order(order).putShort((short) (tag >>> 16))
                .putShort((short) tag);
        if (explicit) {
            out.put(value.type.getBytes(StandardCharsets.ISO_8859_1));
        }
        if (wide) {
            out.putShort((short) 0);
        }
        int length = value.open ? -1 : value.bytes.length;
        if (explicit && !wide) {
            out.putShort((short) length);
        } else {
            out.putInt(length);
        }
        out.put(value.bytes);
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    /** The whole file. */
    public byte[] end() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (preamble) {
            out.writeBytes(new byte[128]);
            out.writeBytes("DICM".getBytes(StandardCharsets.ISO_8859_1));
        }
        if (meta) {
            byte[] uid = (syntax.length() % 2 == 0 ? syntax : syntax + "\0").getBytes(StandardCharsets.ISO_8859_1);
            out.writeBytes(element(0x00020010, new Value("UI", uid, false), ByteOrder.LITTLE_ENDIAN, true));
        }
        byte[] elements = elements();
        if (syntax.equals(DEFLATED)) {
            try (DeflaterOutputStream deflater = new DeflaterOutputStream(out, new Deflater(9, true))) {
                deflater.write(elements);
            } catch (java.io.IOException never) {
                throw new IllegalStateException(never);
            }
        } else {
            out.writeBytes(elements);
        }
        return out.toByteArray();
    }
}
