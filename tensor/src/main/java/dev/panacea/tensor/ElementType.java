package dev.panacea.tensor;

import dev.panacea.tensor.memory.Memory;

/**
 * The type of a tensor's elements. All arithmetic is defined for F32 and F64; the others carry indices, masks, pixels.
 */
public enum ElementType {
    /** 32-bit IEEE float: the type of models and data on the CPU. */
    F32(4),
    /** 64-bit IEEE float: the type of gradient checks. */
    F64(8),
    /** 32-bit signed integer: indices and class labels. */
    I32(4),
    /** 8-bit unsigned integer: pixels, and masks of 0 and 1. */
    U8(1),
    /** The upper half of an F32: storage and conversion on the CPU, arithmetic on devices that have it. */
    BF16(2);

    private final int byteSize;

    ElementType(int byteSize) {
        this.byteSize = byteSize;
    }

    /** Bytes of one element. */
    public int byteSize() {
        return byteSize;
    }

    /** Whether elements are real numbers, so that a gradient can exist. */
    public boolean isFloat() {
        return this == F32 || this == F64 || this == BF16;
    }

    /** Reads the element at an absolute address as a double; exact for every type. */
    public double read(long address) {
        return switch (this) {
            case F32 -> Memory.f32(address);
            case F64 -> Memory.f64(address);
            case I32 -> Memory.i32(address);
            case U8 -> Memory.u8(address) & 0xff;
            case BF16 -> Float.intBitsToFloat(Memory.i16(address) << 16);
        };
    }

    /**
     * Writes a double at an absolute address: rounded to nearest even for floats; for integers truncated toward zero
     * and saturated at the type's range.
     */
    public void write(long address, double value) {
        switch (this) {
            case F32 -> Memory.f32(address, (float) value);
            case F64 -> Memory.f64(address, value);
            case I32 -> Memory.i32(address, (int) value);
            case U8 -> Memory.u8(address, (byte) Math.clamp((int) value, 0, 255));
            case BF16 -> Memory.i16(address, bf16((float) value));
        }
    }

    /** The 16 bits of the BF16 nearest to {@code value}, ties to even; NaN stays a quiet NaN. */
    public static short bf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }
}
