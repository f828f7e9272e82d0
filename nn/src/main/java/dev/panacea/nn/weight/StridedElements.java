package dev.panacea.nn.weight;

import dev.panacea.tensor.io.ElementSource;
import dev.panacea.tensor.io.StoredType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Where the elements of a tensor lie in a file: those of index (i, j, …) at {@code offset + i * strides[0] + …}, in
 * elements of the storage. Whoever makes one has checked that all of them lie inside.
 */
record StridedElements(StoredType type, List<Long> shape, MemorySegment storage, long offset, List<Long> strides)
        implements ElementSource {

    /** Elements that lie one behind the other without gaps. */
    static StridedElements dense(StoredType type, List<Long> shape, MemorySegment storage) {
        return new StridedElements(type, shape, storage, 0, denseStrides(shape));
    }

    /** The strides of elements that lie one behind the other, in row-major order. */
    static List<Long> denseStrides(List<Long> shape) {
        Long[] strides = new Long[shape.size()];
        long stride = 1;
        for (int axis = strides.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= Math.max(1, shape.get(axis));
        }
        return List.of(strides);
    }

    @Override
    public void read(long from, MemorySegment into) {
        long unit = type.byteSize();
        long end = from + into.byteSize() / unit;
        if (from < 0 || end > byteSize() / unit) {
            throw new IndexOutOfBoundsException("elements " + from + " to " + end + " of " + byteSize() / unit);
        }
        long run = run();
        long at = from;
        while (at < end) {
            long length = Math.min(run - at % run, end - at);
            MemorySegment.copy(storage, position(at) * unit, into, (at - from) * unit, length * unit);
            at += length;
        }
    }

    /** How many elements, in row-major order, lie one behind the other. */
    private long run() {
        long run = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            if (shape.get(axis) != 1 && strides.get(axis) != run) {
                break;
            }
            run *= shape.get(axis);
        }
        return run;
    }

    private long position(long flat) {
        long position = offset;
        long rest = flat;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            position += rest % shape.get(axis) * strides.get(axis);
            rest /= shape.get(axis);
        }
        return position;
    }
}
