package dev.panacea.nn.weight;

import dev.panacea.tensor.io.StoredType;
import java.util.List;

/**
 * One tensor of a file, as it is stored.
 *
 * @param name  its name; parts of nested dictionaries are joined by dots
 * @param type  its element type in the file
 * @param shape the sizes of its axes, none negative; empty for a scalar
 */
public record StoredWeight(String name, StoredType type, List<Long> shape) {

    /** Takes its own copy of the shape. */
    public StoredWeight {
        shape = List.copyOf(shape);
    }

    /**
     * The number of elements.
     *
     * @return the product of the shape, 1 for a scalar
     */
    public long elements() {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    /**
     * The size of all elements.
     *
     * @return bytes
     */
    public long byteSize() {
        return elements() * type.byteSize();
    }
}
