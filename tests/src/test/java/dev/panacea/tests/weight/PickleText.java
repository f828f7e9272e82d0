package dev.panacea.tests.weight;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Pickles by hand, as texts of one character a byte, and zip files around them. */
final class PickleText {
    static final String START = "\u0080\u0002";
    /** A tensor of two floats over the storage of key 0. */
    static final String TENSOR = tensor(number(2), number(0), "(" + number(2) + "t", "(" + number(1) + "t");

    private PickleText() {}

    static String text(String text) {
        return "X" + little(4, text.length()) + text;
    }

    static String number(long number) {
        return "\u008a\u0008" + little(8, number);
    }

    static String tensor(String elements, String offset, String sizes, String strides) {
        return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage(elements) + offset + sizes + strides
                + "\u0089}tR";
    }

    static String storage(String elements) {
        return "(" + text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + elements + "tQ";
    }

    /** A dictionary with one good tensor and one more entry. */
    static String dictionary(String more) {
        return START + "}(" + text("w") + TENSOR + text("more") + more + "u.";
    }

    static String little(int byteSize, long number) {
        byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
        return new String(bytes, 0, byteSize, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String pickle) {
        return pickle.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A zip file as of torch.save, with the pickle and a storage of eight bytes. */
    static byte[] file(byte[] pickle) {
        return zip(Map.of("archive/data.pkl", pickle, "archive/data/0", new byte[8]));
    }

    /** A zip file of entries stored plainly. */
    static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                CRC32 checksum = new CRC32();
                checksum.update(entry.getValue());
                header.setCrc(checksum.getValue());
                header.setSize(entry.getValue().length);
                zip.putNextEntry(header);
                zip.write(entry.getValue());
            }
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
        return bytes.toByteArray();
    }
}
