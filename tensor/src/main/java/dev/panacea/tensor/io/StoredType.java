package dev.panacea.tensor.io;

/** The element types that the safetensors format knows, with their sizes in bytes. */
public enum StoredType {
    /** IEEE double. */
    F64(8),
    /** IEEE float. */
    F32(4),
    /** IEEE half, widened to F32 when loaded. */
    F16(2),
    /** The upper half of a float. */
    BF16(2),
    /** Signed 64-bit integer, narrowed to I32 when loaded; a value outside its range is refused. */
    I64(8),
    /** Signed 32-bit integer. */
    I32(4),
    /** Signed 16-bit integer, widened to I32 when loaded. */
    I16(2),
    /** Signed byte, widened to I32 when loaded. */
    I8(1),
    /** Unsigned byte. */
    U8(1),
    /** A byte of 0 or 1, loaded as U8. */
    BOOL(1),
    /** Unsigned 64-bit integer: listed, never loaded. */
    U64(8),
    /** Unsigned 32-bit integer: listed, never loaded. */
    U32(4),
    /** Unsigned 16-bit integer: listed, never loaded. */
    U16(2),
    /** Eight-bit float with five exponent bits: listed, never loaded. */
    F8_E5M2(1),
    /** Eight-bit float with four exponent bits: listed, never loaded. */
    F8_E4M3(1);

    private final int byteSize;

    StoredType(int byteSize) {
        this.byteSize = byteSize;
    }

    /**
     * The size of one element.
     *
     * @return bytes, 1 to 8
     */
    public int byteSize() {
        return byteSize;
    }

    /** The type of that name, or null: {@code valueOf} would make an exception of every hostile file's own choosing. */
    static StoredType named(String name) {
        for (StoredType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }
}
