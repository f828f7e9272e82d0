package dev.panacea.ace.data.dicom;

import dev.panacea.ace.data.codec.Bytes;
import dev.panacea.tensor.DataException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The elements of a DICOM data set, or of one item of a sequence. Values are read when they are asked for. */
final class DataSet {
    private static final int DEEPEST = 32;
    private static final int ITEM = 0xFFFE_E000;
    private static final int ITEM_END = 0xFFFE_E00D;
    private static final int SEQUENCE_END = 0xFFFE_E0DD;
    /** Types whose length has 32 bits. */
    private static final Set<String> LONG =
            Set.of("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV");

    private final byte[] bytes;
    private final Encoding encoding;
    private final int depth;
    private final Map<Integer, Element> elements = new TreeMap<>(Integer::compareUnsigned);
    private int end;

    private DataSet(byte[] bytes, Encoding encoding, int depth) {
        if (depth > DEEPEST) {
            throw new DataException("DICOM forged: sequences more than " + DEEPEST + " deep (no real file has them)");
        }
        this.bytes = bytes;
        this.encoding = encoding;
        this.depth = depth;
    }

    /** Reads the elements from a place on, to the pixels or the end. */
    static DataSet read(byte[] bytes, int from, Encoding encoding) {
        DataSet set = new DataSet(bytes, encoding, 0);
        set.walk(from, bytes.length, tag -> true);
        return set;
    }

    /** Reads the elements from a place on as long as they are of one group. */
    static DataSet readGroup(byte[] bytes, int from, int group) {
        DataSet set = new DataSet(bytes, Encoding.META, 0);
        set.walk(from, bytes.length, tag -> tag >>> 16 == group);
        return set;
    }

    private void walk(int from, int to, java.util.function.IntPredicate wanted) {
        int at = from;
        while (at + 8 <= to) {
            int tag = encoding.tag(bytes, at);
            if (tag == ITEM_END || !wanted.test(tag)) {
                end = tag == ITEM_END ? at + 8 : at;
                return;
            }
            Element element = element(at, to);
            elements.putIfAbsent(tag, element);
            at = element.to();
            if (tag == Tag.PIXELS) {
                break;
            }
        }
        end = at;
    }

    private Element element(int at, int to) {
        int tag = encoding.tag(bytes, at);
        String type = "";
        int value = at + 8;
        long length;
        if (encoding.explicit() && Encoding.hasType(bytes, at)) {
            type = new String(bytes, at + 4, 2, StandardCharsets.ISO_8859_1);
            if (LONG.contains(type)) {
                value = at + 12;
                length = value > to ? Long.MAX_VALUE : encoding.uint32(bytes, at + 8);
            } else {
                length = encoding.uint16(bytes, at + 6);
            }
        } else {
            length = encoding.uint32(bytes, at + 4);
        }
        if (length == Element.OPEN) {
            // Where the pixels are in pieces, the pieces are looked at later; the walk ends here anyway.
            int last = tag == Tag.PIXELS ? to : sequenceEnd(value, to, type.equals("UN"));
            return new Element(tag, type, value, last, true);
        }
        if (tag == Tag.PIXELS && value <= to) {
            return new Element(tag, type, value, (int) Math.min(value + length, to), false);
        }
        if (length > to - value) {
            throw new DataException("DICOM cut off: element " + Element.name(tag) + " at byte " + at + " should have "
                    + length + " bytes, " + Math.max(0, to - value) + " are left (copy the file again)");
        }
        return new Element(tag, type, value, (int) (value + length), false);
    }

    /** Where a sequence of open length ends. */
    private int sequenceEnd(int from, int to, boolean implicit) {
        int at = from;
        while (at + 8 <= to) {
            int tag = encoding.tag(bytes, at);
            long length = encoding.uint32(bytes, at + 4);
            at += 8;
            if (tag == SEQUENCE_END) {
                return at;
            }
            if (tag != ITEM || length != Element.OPEN && length > to - at) {
                break;
            }
            if (length == Element.OPEN) {
                DataSet item = new DataSet(bytes, implicit ? new Encoding(false, encoding.big()) : encoding, depth + 1);
                item.walk(at, to, any -> true);
                at = item.end;
            } else {
                at += (int) length;
            }
        }
        throw new DataException("DICOM cut off: a sequence at byte " + from + " has no end (copy the file again)");
    }

    /** The first item of a sequence, or null where there is none. */
    DataSet firstItem(int tag) {
        Element sequence = elements.get(tag);
        if (sequence == null || sequence.length() < 8 || encoding.tag(bytes, sequence.from()) != ITEM) {
            return null;
        }
        long length = encoding.uint32(bytes, sequence.from() + 4);
        int from = sequence.from() + 8;
        DataSet item = new DataSet(bytes, sequence.type().equals("UN") ? new Encoding(false, encoding.big()) : encoding,
                depth + 1);
        item.walk(from, (int) Math.min(sequence.to(), length == Element.OPEN ? sequence.to() : from + length),
                any -> true);
        return item;
    }

    /** The pieces of pixels in an open element, the table of offsets first. */
    List<Element> pieces(Element pixels) {
        List<Element> pieces = new ArrayList<>();
        int at = pixels.from();
        while (at + 8 <= pixels.to() && encoding.tag(bytes, at) == ITEM) {
            long length = encoding.uint32(bytes, at + 4);
            int from = at + 8;
            at = (int) Math.min(from + length, Integer.MAX_VALUE);
            pieces.add(new Element(ITEM, "", from, at, false));
            if (at > pixels.to()) {
                break;
            }
        }
        return pieces;
    }

    /** Where the first element that was not wanted stands. */
    int end() {
        return end;
    }

    Encoding encoding() {
        return encoding;
    }

    byte[] bytes() {
        return bytes;
    }

    /** An element, or null where it is absent. */
    Element find(int tag) {
        return elements.get(tag);
    }

    /** The text of an element without padding, empty where it is absent. */
    String text(int tag) {
        Element element = elements.get(tag);
        return element == null ? "" : new String(bytes, element.from(), Math.min(element.length(), 1024),
                StandardCharsets.ISO_8859_1).replace('\0', ' ').strip();
    }

    /** A whole number. */
    int number(int tag, int otherwise) {
        Element element = elements.get(tag);
        if (element == null || element.length() == 0) {
            return otherwise;
        }
        if (element.type().equals("IS") || element.type().equals("DS")) {
            return (int) firstDecimal(tag, otherwise);
        }
        return element.length() < 2 ? otherwise : encoding.uint16(bytes, element.from());
    }

    /** A whole number that has to be there. */
    int needed(int tag, String name) {
        Element element = elements.get(tag);
        if (element == null || element.length() == 0) {
            throw new DataException("DICOM incomplete: element " + name + " " + Element.name(tag)
                    + " is missing (export the file again)");
        }
        return number(tag, 0);
    }

    /** The first of the decimal numbers that an element holds as text; NaN where it is no number. */
    double firstDecimal(int tag, double otherwise) {
        String text = text(tag);
        if (text.isEmpty()) {
            return otherwise;
        }
        int separator = text.indexOf('\\');
        try {
            return Double.parseDouble((separator < 0 ? text : text.substring(0, separator)).strip().replace(',', '.'));
        } catch (NumberFormatException wrong) {
            return Double.NaN;
        }
    }

    /** The words of an element of 16-bit numbers. */
    int[] words(Element element) {
        int[] words = new int[element.length() / 2];
        for (int i = 0; i < words.length; i++) {
            words[i] = encoding.uint16(bytes, element.from() + 2 * i);
        }
        return words;
    }

    /** A text, fit to be printed. */
    String printable(int tag) {
        return Bytes.printable(text(tag));
    }
}
