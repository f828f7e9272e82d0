package dev.panacea.tensor.io;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Elements on their way into a file, handed out a piece at a time so that they need not fit into memory. */
public interface ElementSource {
    /**
     * The type of the elements.
     *
     * @return any type, kept as it is
     */
    StoredType type();

    /**
     * The sizes of the axes.
     *
     * @return none negative; empty for a scalar
     */
    List<Long> shape();

    /**
     * Hands out elements in row-major order, little-endian.
     *
     * @param from the first element
     * @param into where to; its size says how many elements
     */
    void read(long from, MemorySegment into);

    /**
     * The size of all elements.
     *
     * @return bytes
     */
    default long byteSize() {
        return shape().stream().reduce((long) type().byteSize(), (a, b) -> a * b);
    }
}
