package dev.panacea.nn.weight;

import dev.panacea.tensor.DataException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The directory of a zip file whose entries are stored as they are, as {@code torch.save} writes it: entries are parts
 * of the mapped file, so that nothing is unpacked, copied or written anywhere. A packed entry is refused when it is
 * asked for.
 */
final class ZipDirectory {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int END_SIZE = 22;
    private static final int LOCATOR_SIZE = 20;
    private static final int END_64_SIZE = 56;
    private static final int CENTRAL_SIZE = 46;
    private static final int LOCAL_SIZE = 30;
    private static final long IN_EXTRA_FIELD = 0xffff_ffffL;

    private final MemorySegment bytes;
    private final String where;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** The bytes of an entry, and how many they are to become where they are packed. */
    private record Entry(MemorySegment bytes, boolean packed, long unpackedSize) {}

    /** Reads the directory of a whole file. */
    ZipDirectory(MemorySegment bytes, String where) {
        this.bytes = bytes;
        this.where = where;
        read();
    }

    /** The names of all entries, in the order of the directory. */
    Set<String> names() {
        return entries.keySet();
    }

    /** What is stored by a name, or null. */
    MemorySegment content(String name) {
        Entry entry = entries.get(name);
        if (entry != null && entry.packed) {
            throw broken("packed or encrypted entry", DataException.shown(name) + " of " + entry.bytes.byteSize()
                    + " bytes for " + entry.unpackedSize, "save with torch.save, which stores plainly");
        }
        return entry == null ? null : entry.bytes;
    }

    private void read() {
        long end = bytes.byteSize() - END_SIZE;
        if (end < 0 || int32(end) != END) {
            throw broken("no zip directory at the end", bytes.byteSize() + " bytes", "is the file complete?");
        }
        long count = uint16(end + 10);
        long size = uint32(end + 12);
        long start = uint32(end + 16);
        if (end >= LOCATOR_SIZE + END_64_SIZE && int32(end - LOCATOR_SIZE) == LOCATOR_64) {
            long end64 = bytes.get(LONG, end - LOCATOR_SIZE + 8);
            if (end64 < 0 || end64 > end - LOCATOR_SIZE - END_64_SIZE || int32(end64) != END_64) {
                throw broken("zip64 directory not where the file says", end64 + "", "is the file damaged?");
            }
            count = bytes.get(LONG, end64 + 32);
            size = bytes.get(LONG, end64 + 40);
            start = bytes.get(LONG, end64 + 48);
            end = end64;
        }
        if (start < 0 || size < 0 || start > end || size != end - start) {
            throw broken("zip directory does not end the file", size + " bytes from " + start, "is the file damaged?");
        }
        long at = start;
        for (long i = 0; i < count; i++) {
            at = entry(at, start, end);
        }
        if (at != end) {
            throw broken("zip directory is longer than its entries", (end - at) + " bytes", "is the file damaged?");
        }
    }

    /** Reads one entry of the directory, from start to end, and returns where the next begins. */
    private long entry(long at, long start, long end) {
        if (end - at < CENTRAL_SIZE || int32(at) != CENTRAL) {
            throw broken("zip directory broken", "entry " + entries.size(), "is the file damaged?");
        }
        int nameSize = uint16(at + 28);
        int extraSize = uint16(at + 30);
        long next = at + CENTRAL_SIZE + nameSize + extraSize + uint16(at + 32);
        if (next > end) {
            throw broken("zip directory broken", "entry " + entries.size(), "is the file damaged?");
        }
        MemorySegment name = bytes.asSlice(at + CENTRAL_SIZE, nameSize);
        String text = new String(name.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        if (text.startsWith("/") || text.contains("\\") || text.contains(":")
                || Arrays.asList(text.split("/")).contains("..")) {
            throw broken("path in a zip file that leads elsewhere", DataException.shown(text), "save the file anew");
        }
        long[] numbers = {uint32(at + 24), uint32(at + 20), uint32(at + 42)}; // size, size when packed, place
        extended(numbers, at + CENTRAL_SIZE + nameSize, extraSize);
        boolean encrypted = (uint16(at + 8) & 1) != 0;
        boolean packed = uint16(at + 10) != 0 || encrypted || numbers[0] != numbers[1];
        Entry entry = new Entry(content(name, numbers[2], numbers[1], start), packed, numbers[0]);
        if (entries.put(text, entry) != null) {
            throw broken("two entries by one name", DataException.shown(text), "save the file anew");
        }
        return next;
    }

    /** Numbers too large for their 32 bits are in an extra field, in this order. */
    private void extended(long[] numbers, long at, int extraSize) {
        long field = at;
        while (field + 4 <= at + extraSize) {
            long fieldEnd = field + 4 + uint16(field + 2);
            if (uint16(field) == 1 && fieldEnd <= at + extraSize) {
                long value = field + 4;
                for (int i = 0; i < numbers.length && value + Long.BYTES <= fieldEnd; i++) {
                    if (numbers[i] == IN_EXTRA_FIELD) {
                        numbers[i] = bytes.get(LONG, value);
                        value += Long.BYTES;
                    }
                }
                return;
            }
            field = fieldEnd;
        }
    }

    private MemorySegment content(MemorySegment name, long place, long size, long directory) {
        if (place >= 0 && place <= directory - LOCAL_SIZE && int32(place) == LOCAL) {
            int nameSize = uint16(place + 26);
            long data = place + LOCAL_SIZE + nameSize + uint16(place + 28);
            if (data <= directory && size >= 0 && size <= directory - data && nameSize == name.byteSize()
                    && bytes.asSlice(place + LOCAL_SIZE, nameSize).mismatch(name) < 0) {
                return bytes.asSlice(data, size);
            }
        }
        throw broken("zip entry not where its directory says", size + " bytes at " + place, "is the file complete?");
    }

    private int uint16(long at) {
        return Short.toUnsignedInt(bytes.get(SHORT, at));
    }

    private int int32(long at) {
        return bytes.get(INT, at);
    }

    private long uint32(long at) {
        return Integer.toUnsignedLong(int32(at));
    }

    private DataException broken(String rule, String values, String cure) {
        return new DataException("weights " + where + ": " + rule + ": " + values + " (" + cure + ")");
    }
}
