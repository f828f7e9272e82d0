package dev.panacea.tensor.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Host memory by absolute address, for kernels and reference code.
 *
 * <p>Kernels take plain {@code long} addresses and read them through {@link #ALL}, one constant segment over the whole
 * address space: the JIT folds its bounds and liveness checks away, no call allocates a slice, and every kernel sees
 * the same receiver type. The price is that a wrong address kills the process, so shapes are checked at the public
 * edge and the tests run every kernel between guard pages of poison.
 */
public final class Memory {
    /** The whole address space. Offsets into it are absolute addresses. */
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** Byte order of all tensor memory: the machine's own. */
    public static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** Alignment in bytes of every tensor: one cache line, one 512-bit vector. */
    public static final long ALIGNMENT = 64;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private static final long PAGE = 4096;
    private static final long ZEROS = Arena.global().allocate(PAGE, ALIGNMENT).address();

    private Memory() {}

    /** Reads one F32 at an absolute address. */
    public static float f32(long address) {
        return ALL.get(FLOAT, address);
    }

    /** Writes one F32 at an absolute address. */
    public static void f32(long address, float value) {
        ALL.set(FLOAT, address, value);
    }

    /** Reads one F64 at an absolute address. */
    public static double f64(long address) {
        return ALL.get(DOUBLE, address);
    }

    /** Writes one F64 at an absolute address. */
    public static void f64(long address, double value) {
        ALL.set(DOUBLE, address, value);
    }

    /** Reads one I32 at an absolute address. */
    public static int i32(long address) {
        return ALL.get(INT, address);
    }

    /** Writes one I32 at an absolute address. */
    public static void i32(long address, int value) {
        ALL.set(INT, address, value);
    }

    /** Reads 64 raw bits at an absolute address. */
    public static long i64(long address) {
        return ALL.get(LONG, address);
    }

    /** Writes 64 raw bits at an absolute address. */
    public static void i64(long address, long value) {
        ALL.set(LONG, address, value);
    }

    /** Reads 16 raw bits at an absolute address. */
    public static short i16(long address) {
        return ALL.get(SHORT, address);
    }

    /** Writes 16 raw bits at an absolute address. */
    public static void i16(long address, short value) {
        ALL.set(SHORT, address, value);
    }

    /** Reads one byte at an absolute address. */
    public static byte u8(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address);
    }

    /** Writes one byte at an absolute address. */
    public static void u8(long address, byte value) {
        ALL.set(ValueLayout.JAVA_BYTE, address, value);
    }

    /** Copies {@code byteSize} bytes between two non-overlapping absolute addresses. */
    public static void copy(long from, long to, long byteSize) {
        MemorySegment.copy(ALL, from, ALL, to, byteSize);
    }

    /** Fills {@code byteSize} bytes with one value. */
    public static void fill(long address, long byteSize, byte value) {
        ALL.asSlice(address, byteSize).fill(value);
    }

    /** Fills {@code byteSize} bytes with zeros. Copies a page of zeros, since filling allocates a slice at times. */
    public static void zero(long address, long byteSize) {
        for (long at = 0; at < byteSize; at += PAGE) {
            copy(ZEROS, address + at, Math.min(PAGE, byteSize - at));
        }
    }
}
