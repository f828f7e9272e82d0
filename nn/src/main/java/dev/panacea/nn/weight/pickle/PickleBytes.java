package dev.panacea.nn.weight.pickle;

import dev.panacea.tensor.DataException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** The bytes of a file from some place on; nothing is taken that is not there. */
public final class PickleBytes {
    private static final long LONGEST_TEXT = 1 << 20;
    private static final int LONGEST_LINE = 1000;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble BIG_ENDIAN_DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment bytes;
    private final String where;
    private long at;

    /**
     * Reads from the start.
     *
     * @param bytes what to read
     * @param where what errors call it
     */
    public PickleBytes(MemorySegment bytes, String where) {
        this.bytes = bytes;
        this.where = where;
    }

    /**
     * How far reading has come.
     *
     * @return bytes from the start
     */
    public long at() {
        return at;
    }

    /**
     * Eight bytes as a signed number, little-endian.
     *
     * @return any number
     */
    public long int64() {
        return bytes.get(LONG, step(8));
    }

    /**
     * A part of the bytes, stepped over.
     *
     * @param length its size in bytes
     * @return the part, not copied
     */
    public MemorySegment take(long length) {
        return bytes.asSlice(step(length), length);
    }

    int uint8() {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, step(1)));
    }

    int uint16() {
        return Short.toUnsignedInt(bytes.get(SHORT, step(2)));
    }

    int int32() {
        return bytes.get(INT, step(4));
    }

    long uint32() {
        return Integer.toUnsignedLong(int32());
    }

    double float64() {
        return bytes.get(BIG_ENDIAN_DOUBLE, step(8));
    }

    /** A signed number of any length up to 255 bytes, little-endian. */
    Object number(long length) {
        if (length < 0 || length > 255) {
            throw broken("number too long", length + " bytes", "at most 255");
        }
        byte[] bigEndian = new byte[(int) length];
        long start = step(length);
        for (int i = 0; i < length; i++) {
            bigEndian[i] = bytes.get(ValueLayout.JAVA_BYTE, start + length - 1 - i);
        }
        BigInteger number = length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian);
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    /** A text; one that no name or setting can be is stepped over, and a remark stands for it. */
    String text(long length, Charset charset) {
        MemorySegment part = take(length);
        return length > LONGEST_TEXT ? "(" + length + " bytes, not read)"
                : new String(part.toArray(ValueLayout.JAVA_BYTE), charset);
    }

    /** A text up to the end of the line, which is stepped over. */
    String line() {
        long start = at;
        while (uint8() != '\n') {
            if (at - start > LONGEST_LINE) {
                throw broken("name too long", "more than " + LONGEST_LINE + " bytes", "is it a pickle?");
            }
        }
        return new String(bytes.asSlice(start, at - 1 - start).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    DataException broken(String rule, String values, String cure) {
        return new DataException("weights " + where + ": " + rule + ": " + values + ", at byte " + at + " of its pickle"
                + " (" + cure + ")");
    }

    private long step(long length) {
        long start = at;
        if (length < 0 || length > bytes.byteSize() - at) {
            throw broken("pickle ends too early", Long.toUnsignedString(length) + " bytes wanted, "
                    + (bytes.byteSize() - at) + " left", "is the file complete?");
        }
        at += length;
        return start;
    }
}
