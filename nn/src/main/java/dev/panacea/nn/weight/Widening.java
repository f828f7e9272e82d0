package dev.panacea.nn.weight;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.io.ElementSource;
import dev.panacea.tensor.io.StoredType;
import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Turns stored elements into F32 or I32, a piece at a time. */
record Widening(ElementSource elements, String where) {
    private static final int PIECE = 8192; // elements: what is read twice is then still in the cache
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The type of the tensor that the elements become. */
    ElementType loaded() {
        return switch (elements.type()) {
            case F64, F32, F16, BF16 -> ElementType.F32;
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> ElementType.I32;
            case F8_E5M2, F8_E4M3 -> throw new DataException(where + ": type has no tensor: " + elements.type()
                    + " (convert it to F32, F16 or BF16)");
        };
    }

    /** Writes all elements, contiguous, to an address with room for them. */
    void fill(long to) {
        long unit = elements.type().byteSize();
        long count = elements.byteSize() / unit;
        if (elements.type() == StoredType.F32 || elements.type() == StoredType.I32) {
            elements.read(0, Memory.ALL.asSlice(to, count * unit));
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment piece = arena.allocate(PIECE * unit);
            for (long at = 0; at < count; at += PIECE) {
                int length = (int) Math.min(PIECE, count - at);
                elements.read(at, piece.asSlice(0, length * unit));
                for (int i = 0; i < length; i++) {
                    if (loaded() == ElementType.F32) {
                        Memory.f32(to + 4 * (at + i), real(elements.type(), piece, i));
                    } else {
                        Memory.i32(to + 4 * (at + i), whole(piece, i, at));
                    }
                }
            }
        }
    }

    /** One float of a piece, as F32: exact but for F64, which is rounded. */
    static float real(StoredType type, MemorySegment piece, long i) {
        return switch (type) {
            case F64 -> (float) piece.get(DOUBLE, 8 * i);
            case F16 -> Float.float16ToFloat(piece.get(SHORT, 2 * i));
            case BF16 -> Float.intBitsToFloat(piece.get(SHORT, 2 * i) << 16);
            default -> Float.intBitsToFloat(piece.get(INT, 4 * i));
        };
    }

    private int whole(MemorySegment piece, long i, long start) {
        StoredType type = elements.type();
        long value = switch (type) {
            case I64, U64 -> piece.get(LONG, 8 * i);
            case U32 -> Integer.toUnsignedLong(piece.get(INT, 4 * i));
            case I16 -> piece.get(SHORT, 2 * i);
            case U16 -> Short.toUnsignedInt(piece.get(SHORT, 2 * i));
            case I8 -> piece.get(ValueLayout.JAVA_BYTE, i);
            default -> Byte.toUnsignedInt(piece.get(ValueLayout.JAVA_BYTE, i));
        };
        if (value != (int) value || value < 0 && type == StoredType.U64 || value > 1 && type == StoredType.BOOL) {
            String shown = type == StoredType.U64 ? Long.toUnsignedString(value) : Long.toString(value);
            throw new DataException(where + ": value does not fit " + (type == StoredType.BOOL ? type : "I32")
                    + ": element " + (start + i) + " is " + shown + " (I32 holds -2^31 to 2^31 - 1, a BOOL 0 or 1)");
        }
        return (int) value;
    }
}
