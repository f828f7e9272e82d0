package dev.panacea.tensor.io;

import dev.panacea.tensor.ElementType;

/** The element types that the safetensors format knows, with their sizes in bytes. */
public enum StoredType {
    /** IEEE double. */
    F64(8, ElementType.F64),
    /** IEEE float. */
    F32(4, ElementType.F32),
    /** IEEE half, widened to F32 when loaded. */
    F16(2, ElementType.F32),
    /** The upper half of a float. */
    BF16(2, ElementType.BF16),
    /** Signed 64-bit integer, narrowed to I32 when loaded; a value outside its range is refused. */
    I64(8, ElementType.I32),
    /** Signed 32-bit integer. */
    I32(4, ElementType.I32),
    /** Signed 16-bit integer, widened to I32 when loaded. */
    I16(2, ElementType.I32),
    /** Signed byte, widened to I32 when loaded. */
    I8(1, ElementType.I32),
    /** Unsigned byte. */
    U8(1, ElementType.U8),
    /** A byte of 0 or 1, loaded as U8. */
    BOOL(1, ElementType.U8),
    /** Unsigned 64-bit integer: listed, never loaded. */
    U64(8, null),
    /** Unsigned 32-bit integer: listed, never loaded. */
    U32(4, null),
    /** Unsigned 16-bit integer: listed, never loaded. */
    U16(2, null),
    /** Eight-bit float with five exponent bits: listed, never loaded. */
    F8_E5M2(1, null),
    /** Eight-bit float with four exponent bits: listed, never loaded. */
    F8_E4M3(1, null);

    private final int byteSize;
    private final ElementType loaded;

    StoredType(int byteSize, ElementType loaded) {
        this.byteSize = byteSize;
        this.loaded = loaded;
    }

    /**
     * The size of one element.
     *
     * @return bytes, 1 to 8
     */
    public int byteSize() {
        return byteSize;
    }

    /**
     * The type that a tensor of this type has in memory.
     *
     * @return the type, or null where no element type of tensors holds these values
     */
    public ElementType loaded() {
        return loaded;
    }

    /** The type in the file of tensors of that type. */
    static StoredType of(ElementType type) {
        return switch (type) {
            case F32 -> F32;
            case F64 -> F64;
            case I32 -> I32;
            case U8 -> U8;
            case BF16 -> BF16;
        };
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
