package dev.panacea.tensor.io;

import java.util.List;

/**
 * One entry of a safetensors header, already checked: its bytes lie inside the file and their number fits the shape.
 *
 * @param name  the tensor's name, any text
 * @param type  the element type in the file
 * @param shape the sizes of the axes, none negative; empty for a scalar
 * @param begin the first byte, counted from the start of the data
 * @param end   the byte after the last one
 */
public record StoredTensor(String name, StoredType type, List<Long> shape, long begin, long end) {

    /** Takes its own copy of the shape. */
    public StoredTensor {
        shape = List.copyOf(shape);
    }

    /**
     * The number of elements.
     *
     * @return the product of the shape, 1 for a scalar
     */
    public long elements() {
        return (end - begin) / type.byteSize();
    }
}
