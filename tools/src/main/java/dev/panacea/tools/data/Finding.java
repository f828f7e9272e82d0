package dev.panacea.tools.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.data.Picture;
import dev.panacea.tensor.DataException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What the check found out about one file; of one that cannot be decoded only why.
 *
 * @param number its place in the list, 1 the first
 * @param file its path within the folder
 * @param format what it is
 * @param bits of a sample
 * @param width pixels of a row
 * @param height rows
 * @param mean mean intensity, 0 black to 1 white
 * @param applied what was done on the way to intensities
 * @param bytes its size
 * @param sha256 of its content
 * @param error why it cannot be decoded, null where it can
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"number", "file", "error"})
record Finding(int number, String file, String format, Integer bits, Integer width, Integer height, Double mean,
        List<String> applied, Long bytes, String sha256, String error) {
    /** A file, and its thumbnail where one was asked for. */
    record Seen(Finding finding, Picture thumbnail) {}

    /**
     * Reads and decodes one file.
     *
     * @param drawn whether its thumbnail is wanted
     */
    static Seen of(ImageDecoder decoder, ImageList list, ImageList.Entry entry, boolean drawn) {
        String name = list.root().relativize(entry.file()).toString();
        byte[] bytes;
        try {
            bytes = decoder.read(entry.file());
        } catch (DataException refused) {
            return new Seen(unreadable(entry, name, refused), null);
        }
        String hash = hash(bytes);
        try {
            Picture picture = drawn ? decoder.decodeColour(bytes, name) : decoder.decode(bytes, name);
            Finding finding = new Finding(entry.row(), name, picture.facts().format(), picture.facts().bits(),
                    picture.width(), picture.height(), picture.mean(), picture.facts().applied(), (long) bytes.length,
                    hash, null);
            return new Seen(finding, drawn ? ContactSheet.thumbnail(picture) : null);
        } catch (DataException refused) {
            return new Seen(unreadable(entry, name, refused), null);
        }
    }

    private static Finding unreadable(ImageList.Entry entry, String name, DataException why) {
        String message = why.getMessage();
        for (String start : List.of(entry.file() + ": ", name + ": ")) {
            message = message.startsWith(start) ? message.substring(start.length()) : message;
        }
        return new Finding(entry.row(), name, null, null, null, null, null, null, null, null, message);
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never); // every JDK has it
        }
    }

    /** Format, bits and size, by which files are counted. */
    String kind() {
        return "%-10s %2d bits %5d x %d".formatted(format, bits, width, height);
    }
}
