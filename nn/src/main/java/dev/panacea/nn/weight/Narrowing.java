package dev.panacea.nn.weight;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.io.ElementSource;
import dev.panacea.tensor.io.StoredType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/** Floats on their way into a file, rounded to another type. */
record Narrowing(ElementSource elements, StoredType type) implements ElementSource {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The elements with their floats rounded; integers and truth values stay what they are. */
    static ElementSource of(ElementSource elements, StoredType type) {
        if (type != StoredType.F32 && type != StoredType.F16 && type != StoredType.BF16) {
            throw new ConfigException("weights: floats cannot be written as " + type + " (need F32, F16 or BF16)");
        }
        boolean isFloat = switch (elements.type()) {
            case F64, F32, F16, BF16 -> true;
            default -> false;
        };
        return !isFloat || elements.type() == type ? elements : new Narrowing(elements, type);
    }

    @Override
    public List<Long> shape() {
        return elements.shape();
    }

    @Override
    public void read(long from, MemorySegment into) {
        long count = into.byteSize() / type.byteSize();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment wide = arena.allocate(count * elements.type().byteSize());
            elements.read(from, wide);
            for (long i = 0; i < count; i++) {
                float value = Widening.real(elements.type(), wide, i);
                switch (type) {
                    case F16 -> into.set(SHORT, 2 * i, Float.floatToFloat16(value));
                    case BF16 -> into.set(SHORT, 2 * i, ElementType.bf16(value));
                    default -> into.set(FLOAT, 4 * i, value);
                }
            }
        }
    }
}
