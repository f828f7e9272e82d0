package dev.panacea.tensor.cpu;

import java.util.Arrays;

/**
 * Copies a box of elements from any strides to any strides: the one loop behind every kernel that only moves data.
 *
 * <p>A caller names the axes from the outermost to the innermost, which runs densest in the target. Axes that lie
 * densely together on both sides are merged. What remains is cut into flat boxes over two axes: the innermost, and the
 * one along which the source is densest, so that a transpose reads and writes whole cache lines: two of each row that
 * it reads, and many of each that it writes.
 */
final class StridedCopy extends RowTask {
    private static final ThreadLocal<StridedCopy> OF_THREAD = ThreadLocal.withInitial(StridedCopy::new);
    private static final int BOX = 1 << 14; // elements of a box: small enough to share among threads
    private static final int NARROW = 32; // elements along the source's densest axis of a box that turns
    private static final int SHORT = 64; // bytes below which a loop beats a call of the bulk copy

    private int[] dims = new int[8];
    private long[] from = new long[8]; // source strides in bytes
    private long[] into = new long[8]; // target strides in bytes
    private int axes;
    private int unit;
    private long source;
    private long target;

    // The two axes of a box, set by run.
    private int dim0;
    private int dim1;
    private long from0;
    private long from1;
    private long into0;
    private long into1;
    private int box0;
    private int box1;
    private int pieces0;
    private int pieces1;

    /** The copy of this thread: begin, axis once for each axis, run. */
    static StridedCopy ofThread() {
        return OF_THREAD.get();
    }

    /** Starts a copy of elements of {@code unit} bytes. */
    StridedCopy begin(int elementBytes) {
        unit = elementBytes;
        axes = 0;
        return this;
    }

    /** Adds the next inner axis; strides in elements, 0 to repeat, negative to run backwards. */
    StridedCopy axis(int dim, long sourceStride, long targetStride) {
        long read = sourceStride * unit;
        long write = targetStride * unit;
        if (dim == 1) {
            return this;
        }
        int last = axes - 1;
        if (last >= 0 && from[last] == read * dim && into[last] == write * dim && (long) dims[last] * dim < 1 << 30) {
            dims[last] *= dim;
            from[last] = read;
            into[last] = write;
            return this;
        }
        if (axes == dims.length) {
            dims = Arrays.copyOf(dims, 2 * axes);
            from = Arrays.copyOf(from, 2 * axes);
            into = Arrays.copyOf(into, 2 * axes);
        }
        dims[axes] = dim;
        from[axes] = read;
        into[axes++] = write;
        return this;
    }

    /** Copies between two absolute addresses, those of the first element on either side. */
    void run(long sourceAddress, long targetAddress) {
        source = sourceAddress;
        target = targetAddress;
        dim0 = 1;
        from0 = unit;
        into0 = unit;
        if (axes > 0) {
            axes--;
            dim0 = dims[axes];
            from0 = from[axes];
            into0 = into[axes];
        }
        boolean shortRuns = from0 == unit && into0 == unit && (long) dim0 * unit < SHORT;
        if (shortRuns && dim0 * unit % 8 == 0) {
            dim0 = dim0 * unit / 8;
            unit = 8;
            from0 = 8;
            into0 = 8;
        }
        takeSecondAxis(shortRuns);
        boolean turned = from0 != 0 && from1 != 0 && Math.abs(from1) < Math.abs(from0) && dim1 > 1;
        if (dim0 == 0 || dim1 == 0) {
            return;
        }
        box0 = Math.min(dim0, turned ? Math.max(BOX / NARROW, BOX / dim1) : BOX);
        box1 = Math.min(dim1, Math.max(1, BOX / box0));
        pieces0 = (dim0 - 1) / box0 + 1;
        pieces1 = (dim1 - 1) / box1 + 1;
        long boxes = (long) pieces0 * pieces1;
        for (int axis = 0; axis < axes; axis++) {
            boxes *= dims[axis];
        }
        if (boxes > Integer.MAX_VALUE) {
            throw new IllegalStateException("copy: " + boxes + " boxes (need < 2^31)");
        }
        ParallelRows.run(this, (int) boxes, ParallelRows.grain((long) box0 * box1, BOX));
    }

    /**
     * The axis along which the source is densest; the innermost but one where none is denser than the innermost. Beside
     * short runs it is the longer of these two, so that a box holds many runs.
     */
    private void takeSecondAxis(boolean shortRuns) {
        dim1 = 1;
        from1 = 0;
        into1 = 0;
        if (axes == 0) {
            return;
        }
        int second = axes - 1;
        long limit = shortRuns ? Long.MAX_VALUE : Math.abs(from0);
        for (int axis = axes - 1; axis >= 0 && (shortRuns || from0 != unit); axis--) {
            long stride = Math.abs(from[axis]);
            if (stride != 0 && stride < limit && (from[second] == 0 || stride < Math.abs(from[second]))) {
                second = axis;
            }
        }
        if (shortRuns && dims[second] < dims[axes - 1]) {
            second = axes - 1;
        }
        dim1 = dims[second];
        from1 = from[second];
        into1 = into[second];
        axes--;
        System.arraycopy(dims, second + 1, dims, second, axes - second);
        System.arraycopy(from, second + 1, from, second, axes - second);
        System.arraycopy(into, second + 1, into, second, axes - second);
    }

    @Override
    public void rows(int first, int end, Scratch scratch) {
        for (int box = first; box < end; box++) {
            int rest = box;
            int start0 = rest % pieces0 * box0;
            rest /= pieces0;
            int start1 = rest % pieces1 * box1;
            rest /= pieces1;
            long at = source + start0 * from0 + start1 * from1;
            long put = target + start0 * into0 + start1 * into1;
            for (int axis = axes - 1; axis >= 0; axis--) {
                int index = rest % dims[axis];
                rest /= dims[axis];
                at += index * from[axis];
                put += index * into[axis];
            }
            box(at, put, Math.min(box0, dim0 - start0), Math.min(box1, dim1 - start1));
        }
    }

    private void box(long at, long put, int n0, int n1) {
        boolean writesRuns = into0 == unit;
        if (writesRuns && from0 == unit && n0 * unit >= SHORT) {
            BoxCopy.runs(at, from1, put, into1, (long) n0 * unit, n1);
        } else if (unit == 4 && writesRuns && from0 == 0 && n0 >= BoxCopy.FILL) {
            BoxCopy.fills(at, from1, put, into1, n0, n1);
        } else if (unit == 4 && writesRuns && from1 == unit && n1 > 1) {
            BoxCopy.transpose(at, from0, put, into1, n0, n1);
        } else if (unit == 4) {
            BoxCopy.ints(at, from0, from1, put, into0, into1, n0, n1);
        } else if (unit == 8) {
            BoxCopy.longs(at, from0, from1, put, into0, into1, n0, n1);
        } else {
            units(at, put, n0, n1);
        }
    }

    private void units(long at, long put, int n0, int n1) {
        for (int j = 0; j < n1; j++) {
            long read = at + j * from1;
            long write = put + j * into1;
            for (int i = 0; i < n0; i++) {
                BoxCopy.copyUnit(read + i * from0, write + i * into0, unit);
            }
        }
    }
}
