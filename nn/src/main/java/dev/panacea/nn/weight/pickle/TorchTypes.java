package dev.panacea.nn.weight.pickle;

import dev.panacea.tensor.io.StoredType;

/** The names that PyTorch has for element types. */
public final class TorchTypes {
    private TorchTypes() {}

    /** The type of the elements of a storage class, or null where tensors here do not have it. */
    static StoredType ofStorage(String name) {
        return switch (name.startsWith("torch.cuda.") ? "torch." + name.substring(11) : name) {
            case "torch.DoubleStorage" -> StoredType.F64;
            case "torch.FloatStorage" -> StoredType.F32;
            case "torch.HalfStorage" -> StoredType.F16;
            case "torch.BFloat16Storage" -> StoredType.BF16;
            case "torch.LongStorage" -> StoredType.I64;
            case "torch.IntStorage" -> StoredType.I32;
            case "torch.ShortStorage" -> StoredType.I16;
            case "torch.CharStorage" -> StoredType.I8;
            case "torch.ByteStorage", "torch.storage.UntypedStorage", "torch.UntypedStorage" -> StoredType.U8;
            case "torch.BoolStorage" -> StoredType.BOOL;
            default -> null;
        };
    }

    /**
     * The storage class that every PyTorch has for a type.
     *
     * @param type an element type
     * @return its name without the module; null where there is none
     */
    public static String storage(StoredType type) {
        return switch (type) {
            case F64 -> "DoubleStorage";
            case F32 -> "FloatStorage";
            case F16 -> "HalfStorage";
            case BF16 -> "BFloat16Storage";
            case I64 -> "LongStorage";
            case I32 -> "IntStorage";
            case I16 -> "ShortStorage";
            case I8 -> "CharStorage";
            case U8 -> "ByteStorage";
            case BOOL -> "BoolStorage";
            case U64, U32, U16, F8_E5M2, F8_E4M3 -> null;
        };
    }

    /** The type of that name, such as {@code torch.uint16}, or null where tensors here do not have it. */
    static StoredType ofName(String name) {
        return switch (name) {
            case "torch.float64" -> StoredType.F64;
            case "torch.float32" -> StoredType.F32;
            case "torch.float16" -> StoredType.F16;
            case "torch.bfloat16" -> StoredType.BF16;
            case "torch.int64" -> StoredType.I64;
            case "torch.int32" -> StoredType.I32;
            case "torch.int16" -> StoredType.I16;
            case "torch.int8" -> StoredType.I8;
            case "torch.uint64" -> StoredType.U64;
            case "torch.uint32" -> StoredType.U32;
            case "torch.uint16" -> StoredType.U16;
            case "torch.uint8" -> StoredType.U8;
            case "torch.bool" -> StoredType.BOOL;
            case "torch.float8_e5m2" -> StoredType.F8_E5M2;
            case "torch.float8_e4m3fn" -> StoredType.F8_E4M3;
            default -> null;
        };
    }
}
