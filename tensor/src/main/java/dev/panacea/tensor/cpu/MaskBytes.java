package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;

/** One vector's worth of mask, as bytes in memory and as bits: lane i is byte i and bit i. */
final class MaskBytes {
    private static final int LANES = VectorWidth.FLOATS.length();
    private static final long ONES = 0x0101010101010101L;
    private static final long LOW = 0x7F7F7F7F7F7F7F7FL;

    private MaskBytes() {}

    /** Writes a byte of 0 or 1 for each lane. */
    static void write(long address, long bits) {
        long first = Long.expand(bits, ONES);
        if (LANES == 4) {
            Memory.i32(address, (int) first);
            return;
        }
        Memory.i64(address, first);
        if (LANES == 16) {
            Memory.i64(address + 8, Long.expand(bits >>> 8, ONES));
        }
    }

    /** Reads a bit for each lane: 1 where the byte is not 0. */
    static long read(long address) {
        if (LANES == 4) {
            return bits(Memory.i32(address) & 0xFFFFFFFFL);
        }
        long first = bits(Memory.i64(address));
        return LANES == 8 ? first : first | bits(Memory.i64(address + 8)) << 8;
    }

    private static long bits(long bytes) {
        return Long.compress((bytes & LOW) + LOW | bytes, ~LOW);
    }
}
