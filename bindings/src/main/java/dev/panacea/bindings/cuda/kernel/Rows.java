package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.tensor.Shape;

/**
 * How kernels see an axis of a contiguous tensor, [outer, size, inner]: where inner is 1 as rows, a warp or a block for
 * each, else as columns, a thread for each.
 *
 * @param outer how many times the axis stands in memory
 * @param size its size
 * @param inner elements from one index to the next
 */
record Rows(long outer, int size, int inner) {
    private static final int WARP = 32;
    private static final int WARPS = 4; // rows of a block
    private static final int LONG = 1024; // elements that are worth a block
    private static final int THREADS = 256;

    static Rows of(Shape shape, int axis) {
        int at = shape.axis("rows", axis);
        return new Rows(shape.product(0, at), shape.dim(at), Math.toIntExact(shape.product(at + 1, shape.rank())));
    }

    /** Begins a launch over all rows, or over all columns. */
    Launch launch(CudaBackend cuda, KernelFunction rows, KernelFunction columns) {
        if (inner != 1) {
            return cuda.launch(columns).over(outer * inner);
        }
        return size > LONG
                ? cuda.launch(rows).grid(outer).block(THREADS)
                : cuda.launch(rows).grid((outer + WARPS - 1) / WARPS).block(WARP, WARPS, 1);
    }

    /** Passes the number of rows or columns, the size and, for columns, the inner elements. */
    Launch sizes(Launch launch) {
        launch.i64(outer * inner).i32(size);
        return inner == 1 ? launch : launch.i32(inner);
    }
}
