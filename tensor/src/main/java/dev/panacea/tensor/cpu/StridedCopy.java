package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies a box of elements from any strides to any strides: the one loop behind every kernel that only moves data.
 *
 * <p>A caller names the axes from the outermost to the innermost, which runs densest in the target. Axes that lie
 * densely together on both sides are merged. What remains is cut into flat boxes over two axes: the innermost, and the
 * one along which the source is densest, so that a transpose reads and writes whole cache lines.
 */
final class StridedCopy extends RowTask {
    private static final ThreadLocal<StridedCopy> OF_THREAD = ThreadLocal.withInitial(StridedCopy::new);
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> INTS = VectorWidth.FLOATS.withLanes(int.class);
    private static final int BOX = 1 << 14; // elements of a box: small enough to share among threads
    private static final int TILE = 32; // a transposed tile: 32 lines of 128 bytes on either side
    private static final int SHORT = 32; // bytes below which a loop beats a call of the bulk copy

    private static final int READ_SLOT = 14; // of Scratch: kernels use the low ones
    private static final int TURNED_SLOT = 15;

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
        takeSecondAxis();
        boolean turned = from0 != 0 && from1 != 0 && Math.abs(from1) < Math.abs(from0) && dim1 > 1;
        box0 = Math.min(dim0, turned ? TILE : BOX);
        box1 = Math.min(dim1, turned ? TILE : Math.max(1, BOX / Math.max(1, box0)));
        if (dim0 == 0 || dim1 == 0) {
            return;
        }
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

    /** The axis along which the source is densest; the innermost but one where none is denser than the innermost. */
    private void takeSecondAxis() {
        dim1 = 1;
        from1 = 0;
        into1 = 0;
        if (axes == 0) {
            return;
        }
        int second = axes - 1;
        for (int axis = axes - 1; axis >= 0 && from0 != unit; axis--) {
            long stride = Math.abs(from[axis]);
            if (stride != 0 && stride < Math.abs(from0) && (from[second] == 0 || stride < Math.abs(from[second]))) {
                second = axis;
            }
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
            box(at, put, Math.min(box0, dim0 - start0), Math.min(box1, dim1 - start1), scratch);
        }
    }

    private void box(long at, long put, int n0, int n1, Scratch scratch) {
        boolean writesRuns = into0 == unit;
        if (writesRuns && from0 == unit && n0 * unit >= SHORT) {
            runs(at, from1, put, into1, (long) n0 * unit, n1);
        } else if (unit == 4 && writesRuns && from0 == 0) {
            fills(at, from1, put, into1, n0, n1);
        } else if (unit == 4 && writesRuns && from1 == unit && n1 > 1) {
            transpose(at, from0, put, into1, n0, n1, scratch);
        } else if (unit == 4) {
            ints(at, from0, from1, put, into0, into1, n0, n1);
        } else {
            units(at, put, n0, n1);
        }
    }

    private static void runs(long at, long atStep, long put, long putStep, long bytes, int count) {
        for (int i = 0; i < count; i++) {
            Memory.copy(at + i * atStep, put + i * putStep, bytes);
        }
    }

    private static void fills(long at, long atStep, long put, long putStep, int n, int count) {
        int whole = INTS.loopBound(n);
        for (int i = 0; i < count; i++) {
            int value = Memory.i32(at + i * atStep);
            long row = put + i * putStep;
            IntVector repeated = IntVector.broadcast(INTS, value);
            for (int k = 0; k < whole; k += INTS.length()) {
                repeated.intoMemorySegment(Memory.ALL, row + 4L * k, Memory.ORDER);
            }
            for (int k = whole; k < n; k++) {
                Memory.i32(row + 4L * k, value);
            }
        }
    }

    /**
     * Turns a tile of at most 32 x 32 within the first-level cache. Both sides of memory see whole vectors only, so that
     * all lines of a tile are on their way at once; element by element, each would wait for the last.
     */
    private static void transpose(long at, long atStep, long put, long putStep, int n0, int n1, Scratch scratch) {
        float[] read = scratch.floats(READ_SLOT, TILE * TILE);
        float[] turned = scratch.floats(TURNED_SLOT, TILE * TILE);
        for (int i = 0; i < n0; i++) {
            int k = 0;
            for (; k <= n1 - S.length(); k += S.length()) {
                FloatVector.fromMemorySegment(S, Memory.ALL, at + i * atStep + 4L * k, Memory.ORDER)
                        .intoArray(read, i * TILE + k);
            }
            for (; k < n1; k++) {
                read[i * TILE + k] = Memory.f32(at + i * atStep + 4L * k);
            }
        }
        for (int j = 0; j < n1; j++) {
            for (int i = 0; i < n0; i++) {
                turned[j * TILE + i] = read[i * TILE + j];
            }
        }
        for (int j = 0; j < n1; j++) {
            int k = 0;
            for (; k <= n0 - S.length(); k += S.length()) {
                FloatVector.fromArray(S, turned, j * TILE + k)
                        .intoMemorySegment(Memory.ALL, put + j * putStep + 4L * k, Memory.ORDER);
            }
            for (; k < n0; k++) {
                Memory.f32(put + j * putStep + 4L * k, turned[j * TILE + k]);
            }
        }
    }

    private static void ints(long at, long at0, long at1, long put, long put0, long put1, int n0, int n1) {
        for (int j = 0; j < n1; j++) {
            long read = at + j * at1;
            long write = put + j * put1;
            for (int i = 0; i < n0; i++) {
                Memory.i32(write + i * put0, Memory.i32(read + i * at0));
            }
        }
    }

    private void units(long at, long put, int n0, int n1) {
        for (int j = 0; j < n1; j++) {
            long read = at + j * from1;
            long write = put + j * into1;
            for (int i = 0; i < n0; i++) {
                copyUnit(read + i * from0, write + i * into0, unit);
            }
        }
    }

    /** Copies one element of 1, 2, 4 or 8 bytes, bit for bit. */
    static void copyUnit(long at, long put, int unit) {
        switch (unit) {
            case 1 -> Memory.u8(put, Memory.u8(at));
            case 2 -> Memory.i16(put, Memory.i16(at));
            case 4 -> Memory.i32(put, Memory.i32(at));
            default -> {
                Memory.i32(put, Memory.i32(at));
                Memory.i32(put + 4, Memory.i32(at + 4));
            }
        }
    }
}
