package dev.panacea.bindings.cuda;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import java.util.Arrays;

/** A matrix of a product before it is packed, with its strides in elements. */
record Operand(long address, int rows, int columns, long row, long column) {
    private static final KernelSource PACK = KernelSource.of(Operand.class, "pack.cu");
    private static final KernelFunction ROUND = PACK.function("round_all");
    private static final KernelFunction ROUND_STRIDED = PACK.function("round_strided");
    private static final KernelFunction COPY_F32 = PACK.with("T", "float").function("copy_strided");
    private static final KernelFunction COPY_F64 = PACK.with("T", "double").function("copy_strided");

    /**
     * Makes the matrix one that cuBLAS can read, for every entry of the batch: itself where it is one, else a copy.
     *
     * @param batch strides along the batch's axes {@code dims}
     */
    Packed pack(CudaBackend backend, ElementType type, ElementType factors, int[] dims, long[] batch) {
        boolean readable = row >= 0 && column >= 0 && Arrays.stream(batch).allMatch(stride -> stride >= 0)
                && leading(row, column) != 0;
        if (type == factors && readable) {
            return packed(address, batch, null);
        }
        int rank = dims.length + 2;
        int[] sizes = Arrays.copyOf(dims, rank);
        long[] strides = Arrays.copyOf(batch, rank);
        sizes[rank - 2] = rows;
        sizes[rank - 1] = columns;
        strides[rank - 2] = row;
        strides[rank - 1] = column;
        for (int axis = 0; axis < dims.length; axis++) {
            sizes[axis] = strides[axis] == 0 ? 1 : sizes[axis]; // repeated by its stride in the copy as well
        }
        Shape shape = Shape.of(sizes);
        boolean rounds = type != factors && readable && isDense(sizes, strides);
        if (rounds) {
            return rounded(backend, shape.size(), batch);
        }
        Scratch scratch = backend.scratch(shape.size() * factors.byteSize());
        try {
            return copied(backend, new Copy(type, factors, shape, strides, batch), scratch);
        } catch (RuntimeException refused) {
            scratch.close();
            throw refused;
        }
    }

    /** The elements in their order in memory, rounded now or a moment ago. */
    private Packed rounded(CudaBackend backend, long size, long[] batch) {
        Rounded last = backend.blas().rounded();
        long found = last.find(address, size);
        if (found != 0) {
            return packed(found, batch, null);
        }
        Scratch scratch = backend.scratch(size * ElementType.BF16.byteSize());
        try {
            backend.launch(ROUND).over((size + 3) / 4).pointer(address).pointer(scratch.address()).i64(size).run();
        } catch (RuntimeException refused) {
            scratch.close();
            throw refused;
        }
        last.wrote();
        last.put(address, size, scratch);
        return packed(scratch.address(), batch, null);
    }

    /** What is to be copied: the matrix for all entries of the batch, with its strides. */
    private record Copy(ElementType type, ElementType factors, Shape shape, long[] strides, long[] batch) {}

    private Packed copied(CudaBackend backend, Copy copy, Scratch scratch) {
        Shape shape = copy.shape;
        boolean rounds = copy.type != copy.factors;
        KernelFunction function = rounds ? ROUND_STRIDED : copy.type == ElementType.F64 ? COPY_F64 : COPY_F32;
        backend.launch(function).over(shape.size()).pointer(address).pointer(scratch.address())
                .layout(shape, copy.strides).i64(shape.size()).run();
        backend.blas().rounded().wrote();
        long[] dense = shape.contiguousStrides();
        long[] packedBatch = new long[copy.batch.length];
        for (int axis = 0; axis < packedBatch.length; axis++) {
            packedBatch[axis] = copy.batch[axis] == 0 ? 0 : dense[axis];
        }
        return new Operand(scratch.address(), rows, columns, columns, 1).packed(scratch.address(), packedBatch,
                scratch);
    }

    private Packed packed(long at, long[] batch, Scratch scratch) {
        long leading = leading(row, column);
        return new Packed(at, batch, rows > 1 ? row : leading > 0 ? leading : -1, Math.abs(leading), leading < 0,
                scratch);
    }

    /**
     * The stride that cuBLAS is told: positive where columns lie side by side, negative where rows do, 0 where neither.
     */
    private long leading(long rowStride, long columnStride) {
        if ((columnStride == 1 || columns == 1) && (rows == 1 || rowStride >= columns)) {
            return Math.max(rows == 1 ? columns : rowStride, columns);
        }
        if ((rowStride == 1 || rows == 1) && (columns == 1 || columnStride >= rows)) {
            return -Math.max(columns == 1 ? rows : columnStride, rows);
        }
        return 0;
    }

    /** Whether the elements fill a stretch of memory without gaps, in whatever order. */
    private static boolean isDense(int[] sizes, long[] strides) {
        Integer[] order = new Integer[sizes.length];
        Arrays.setAll(order, axis -> axis);
        Arrays.sort(order, (i, j) -> Long.compare(strides[i], strides[j]));
        long expected = 1;
        for (int axis : order) {
            if (sizes[axis] != 1) {
                if (strides[axis] != expected) {
                    return false;
                }
                expected *= sizes[axis];
            }
        }
        return true;
    }
}
