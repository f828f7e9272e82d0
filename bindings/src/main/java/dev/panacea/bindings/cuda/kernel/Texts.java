package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.tensor.ElementType;

/** The CUDA C beside these classes, and the names of types in it. */
final class Texts {
    private Texts() {}

    static KernelSource of(String file) {
        return KernelSource.of(Texts.class, file);
    }

    /** The type of an element. */
    static String type(ElementType type) {
        return switch (type) {
            case F32 -> "float";
            case F64 -> "double";
            case I32 -> "int";
            case U8 -> "u8";
            case BF16 -> "bf16";
        };
    }

    /** A type of the same size, for elements that are only moved. */
    static String word(ElementType type) {
        return switch (type.byteSize()) {
            case 1 -> "u8";
            case 2 -> "u16";
            case 4 -> "u32";
            default -> "u64";
        };
    }

    /** A literal that gives this very float. */
    static String literal(float value) {
        return value + "f";
    }
}
