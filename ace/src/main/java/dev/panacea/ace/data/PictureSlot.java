package dev.panacea.ace.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The bytes of one picture in a cache, little-endian: checksum of all that follows, width, height, nothing (4 each);
 * key (32); nothing (16); steps of the pixels (2 each). All zeros are an empty slot.
 */
final class PictureSlot {
    /** Goes up when the layout changes. */
    static final int VERSION = 1;

    private static final int WIDTH = 4;
    private static final int HEIGHT = 8;
    private static final int KEY = 16;
    private static final int HEADER = 64;
    private static final int BLOCK = 4096; // slots begin at whole blocks of the disk
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private PictureSlot() {}

    /** The room that any reduced picture fits into. */
    static long bytes(Reduction reduction) {
        return Math.ceilDiv(HEADER + 2L * reduction.mostPixels(), BLOCK) * BLOCK;
    }

    /** The bytes of a reduced picture. */
    static ByteBuffer write(Picture picture, PictureKey key) {
        ByteBuffer slot = ByteBuffer.allocate(HEADER + 2 * picture.values().length).order(ByteOrder.LITTLE_ENDIAN);
        slot.putInt(WIDTH, picture.width()).putInt(HEIGHT, picture.height()).put(KEY, key.hash()).position(HEADER);
        for (float value : picture.values()) {
            slot.putShort((short) Reduction.level(value));
        }
        return slot.putInt(0, checksum(slot.array())).flip();
    }

    /** The picture of a slot; null where it is empty, of another key, or not whole. */
    static Picture read(MemorySegment slot, PictureKey key) {
        long pixels = (long) slot.get(INT, WIDTH) * slot.get(INT, HEIGHT);
        if (pixels < 1 || pixels > (slot.byteSize() - HEADER) / 2) {
            return null;
        }
        // Copied first: another process may write to the slot, and what is checked must be what is used.
        byte[] copy = slot.asSlice(0, HEADER + 2 * pixels).toArray(ValueLayout.JAVA_BYTE);
        ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        int width = bytes.getInt(WIDTH);
        int height = bytes.getInt(HEIGHT);
        if ((long) width * height != pixels || width < 1 || bytes.getInt(0) != checksum(copy)
                || !Arrays.equals(copy, KEY, KEY + PictureKey.BYTES, key.hash(), 0, PictureKey.BYTES)) {
            return null;
        }
        short[] levels = new short[(int) pixels];
        bytes.position(HEADER).slice().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(levels);
        return Reduction.picture(width, height, levels);
    }

    private static int checksum(byte[] slot) {
        CRC32C sum = new CRC32C();
        sum.update(slot, 4, slot.length - 4);
        return (int) sum.getValue();
    }
}
