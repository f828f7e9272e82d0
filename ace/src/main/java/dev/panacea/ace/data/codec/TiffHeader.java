package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the first directory of a TIFF file says, read before the JDK's reader believes it.
 *
 * @param tags the numbers of each tag that holds whole numbers
 * @param pages how many pictures the file holds
 */
record TiffHeader(Map<Integer, long[]> tags, int pages) {
    private static final int MOST_PAGES = 10_000;
    private static final int ENTRY_BYTES = 12;
    private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};

    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS = 258;
    static final int COMPRESSION = 259;
    static final int PHOTOMETRIC = 262;
    static final int STRIP_PLACES = 273;
    static final int ORIENTATION = 274;
    static final int CHANNELS = 277;
    static final int STRIP_ROWS = 278;
    static final int STRIP_BYTES = 279;
    static final int PREDICTOR = 317;
    static final int TILE_WIDTH = 322;
    static final int TILE_HEIGHT = 323;
    static final int TILE_PLACES = 324;
    static final int TILE_BYTES = 325;
    static final int SAMPLE_FORMAT = 339;

    static TiffHeader read(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        bytes.order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        if (bytes.getShort(2) == 43) {
            throw new DataException("TIFF of the 64-bit kind, BigTIFF: not readable"
                    + " (convert it to plain TIFF or PNG)");
        }
        Map<Integer, long[]> tags = null;
        Set<Long> seen = new HashSet<>();
        long at = Integer.toUnsignedLong(bytes.getInt(4));
        while (at != 0 && seen.size() < MOST_PAGES) {
            if (at + 6 > file.length || !seen.add(at)) {
                break;
            }
            int entries = Short.toUnsignedInt(bytes.getShort((int) at));
            long end = at + 2 + (long) entries * ENTRY_BYTES;
            if (end + 4 > file.length) {
                break;
            }
            if (tags == null) {
                tags = new TreeMap<>();
                for (int i = 0; i < entries; i++) {
                    readEntry(bytes, (int) at + 2 + i * ENTRY_BYTES, tags);
                }
            }
            at = Integer.toUnsignedLong(bytes.getInt((int) end));
        }
        if (tags == null) {
            throw new DataException("TIFF cut off: its directory should be at byte " + at + " of " + file.length
                    + " (copy the file again)");
        }
        TiffHeader header = new TiffHeader(tags, seen.size());
        header.checkStrips(file.length);
        return header;
    }

    private static void readEntry(ByteBuffer bytes, int at, Map<Integer, long[]> tags) {
        int tag = Short.toUnsignedInt(bytes.getShort(at));
        int type = bytes.getShort(at + 2);
        long count = Integer.toUnsignedLong(bytes.getInt(at + 4));
        if (type != 1 && type != 3 && type != 4) { // whole numbers of 8, 16 and 32 bits
            return;
        }
        int size = TYPE_BYTES[type];
        long data = count * size <= 4 ? at + 8 : Integer.toUnsignedLong(bytes.getInt(at + 8));
        if (data + count * size > bytes.limit()) {
            throw new DataException("TIFF damaged: tag " + tag + " holds " + count + " numbers at byte " + data + " of "
                    + bytes.limit() + " (copy the file again)");
        }
        long[] values = new long[(int) count];
        for (int i = 0; i < count; i++) {
            int from = (int) data + i * size;
            values[i] = switch (type) {
                case 1 -> bytes.get(from) & 0xFF;
                case 3 -> Short.toUnsignedLong(bytes.getShort(from));
                default -> Integer.toUnsignedLong(bytes.getInt(from));
            };
        }
        tags.putIfAbsent(tag, values);
    }

    /** Stretches of pixels that overlap would be decompressed again and again. */
    private void checkStrips(long fileSize) {
        for (int tag : new int[] {STRIP_BYTES, TILE_BYTES}) {
            long sum = 0;
            for (long length : tags.getOrDefault(tag, new long[0])) {
                sum += length;
            }
            if (sum > fileSize) {
                throw new DataException("TIFF cut off or forged: pixels of " + sum + " bytes in a file of " + fileSize
                        + " (copy the file again)");
            }
        }
    }

    /** A copy of the file that says that its samples are no differences. */
    static byte[] withoutPredictor(byte[] file) {
        ByteBuffer copy = ByteBuffer.wrap(file.clone());
        copy.order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = copy.getInt(4);
        for (int i = 0; i < Short.toUnsignedInt(copy.getShort(directory)); i++) {
            int at = directory + 2 + i * ENTRY_BYTES;
            if (Short.toUnsignedInt(copy.getShort(at)) == PREDICTOR) {
                copy.putShort(at + 2, (short) 3).putInt(at + 4, 1).putShort(at + 8, (short) 1);
            }
        }
        return copy.array();
    }

    /** The first number of a tag. */
    long first(int tag, long otherwise) {
        long[] values = tags.get(tag);
        return values == null || values.length == 0 ? otherwise : values[0];
    }
}
