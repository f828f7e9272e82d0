package dev.panacea.tensor.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The checksum at the end of a sealed file: a tensor like any other to other readers, CRC-32C (Castagnoli) of every
 * byte before it, little-endian. It tells any change of up to 32 bits in a row, and all but one in 2^32 of the others.
 */
final class Seal implements ElementSource {
    static final String NAME = "crc32c";
    static final int BYTES = 4;
    static final ValueLayout.OfInt LAYOUT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int PIECE = 1 << 18; // stays in the second cache between its copy and its sum

    private final CRC32C sum = new CRC32C();

    /** Takes in the next bytes of a file; the buffer stays as it is. */
    void update(ByteBuffer bytes) {
        sum.update(bytes.duplicate());
    }

    int value() {
        return (int) sum.getValue();
    }

    @Override
    public StoredType type() {
        return StoredType.U8;
    }

    @Override
    public List<Long> shape() {
        return List.of((long) BYTES);
    }

    @Override
    public void read(long from, MemorySegment into) {
        into.set(LAYOUT, 0, value());
    }

    /** The checksum of the first bytes of a file. */
    static int of(MemorySegment file, long bytes) {
        Seal seal = new Seal();
        byte[] piece = new byte[(int) Math.min(PIECE, bytes)];
        for (long at = 0; at < bytes; at += piece.length) {
            int length = (int) Math.min(piece.length, bytes - at);
            // Copied first: where a mapped file shrinks, a copy ends in an exception, a checksum in a crash of the JVM.
            MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at, piece, 0, length);
            seal.sum.update(piece, 0, length);
        }
        return seal.value();
    }
}
