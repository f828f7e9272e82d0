package dev.panacea.bindings.cuda;

import dev.panacea.bindings.raw.Driver;
import dev.panacea.tensor.BackendException;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One call of a kernel: grid, block, and arguments in the order of its parameters, each of exactly the parameter's
 * type. Made by {@link CudaBackend#launch}; each thread has one, used again by its next call, so that nothing is left
 * for the garbage collector. Work runs in the order of its launches.
 */
public final class Launch {
    /** The most axes of a layout in a kernel; {@code MAX_RANK} in {@code prelude.cu}. */
    public static final int MAX_RANK = 8;
    /** Threads of a block where a kernel has no wish of its own. */
    public static final int BLOCK = 256;

    private static final int VALUE_BYTES = 4096; // what all cards take
    private static final int MAX_ARGUMENTS = 128;
    private static final int LAYOUT_BYTES = 40 + 8 * MAX_RANK;
    private static final long MAX_GRID_X = Integer.MAX_VALUE;
    private static final long MAX_GRID = 65535;

    private final MemorySegment values = Arena.ofAuto().allocate(VALUE_BYTES, 16);
    private final MemorySegment pointers = Arena.ofAuto().allocate(ValueLayout.ADDRESS, MAX_ARGUMENTS);
    private CudaBackend backend;
    private KernelFunction function;
    private long gridX;
    private long gridY;
    private long gridZ;
    private int blockX;
    private int blockY;
    private int blockZ;
    private int shared;
    private int used;
    private int count;

    Launch() {}

    Launch begin(CudaBackend on, KernelFunction kernel) {
        backend = on;
        function = kernel;
        gridX = gridY = gridZ = 1;
        blockX = blockY = blockZ = 1;
        shared = 0;
        used = 0;
        count = 0;
        return this;
    }

    /** A thread for each of a number of items, in blocks of {@link #BLOCK}; the last block has threads without one. */
    public Launch over(long items) {
        return grid((items + BLOCK - 1) / BLOCK).block(BLOCK);
    }

    /** How many blocks. */
    public Launch grid(long x) {
        return grid(x, 1, 1);
    }

    /** How many blocks along each axis; without any, {@link #run} does nothing. */
    public Launch grid(long x, long y, long z) {
        if (x > MAX_GRID_X || y > MAX_GRID || z > MAX_GRID) {
            throw new BackendException(function.name() + ": grid of " + x + " × " + y + " × " + z
                    + " blocks (need at most 2147483647 × 65535 × 65535)");
        }
        gridX = x;
        gridY = y;
        gridZ = z;
        return this;
    }

    /** How many threads in a block. */
    public Launch block(int x) {
        return block(x, 1, 1);
    }

    /** How many threads in a block along each axis. */
    public Launch block(int x, int y, int z) {
        blockX = x;
        blockY = y;
        blockZ = z;
        return this;
    }

    /** Bytes of dynamic shared memory for each block. */
    public Launch shared(int bytes) {
        shared = bytes;
        return this;
    }

    /** A pointer to the first element of a tensor, as its layout has it. */
    public Launch pointer(Tensor tensor) {
        return pointer(tensor.address());
    }

    /** A pointer; 0 is null. */
    public Launch pointer(long address) {
        return i64(address);
    }

    /** An {@code int}. */
    public Launch i32(int value) {
        values.set(ValueLayout.JAVA_INT, next(4, 4), value);
        return this;
    }

    /** An {@code i64}, which is {@code long long}. */
    public Launch i64(long value) {
        values.set(ValueLayout.JAVA_LONG, next(8, 8), value);
        return this;
    }

    /** A {@code float}. */
    public Launch f32(double value) {
        values.set(ValueLayout.JAVA_FLOAT, next(4, 4), (float) value);
        return this;
    }

    /** A {@code double}. */
    public Launch f64(double value) {
        values.set(ValueLayout.JAVA_DOUBLE, next(8, 8), value);
        return this;
    }

    /** A {@code Layout}: shape and strides. Its offset is not passed: {@link #pointer(Tensor)} points behind it. */
    public Launch layout(Layout layout) {
        return layout(layout.shape(), layout.strides());
    }

    /** A {@code Layout} from a shape and strides in elements, at most {@link #MAX_RANK} of them. */
    public Launch layout(Shape shape, long[] strides) {
        int rank = shape.rank();
        if (rank > MAX_RANK) {
            throw new BackendException(function.name() + ": " + rank + " axes (need at most " + MAX_RANK + ")");
        }
        long at = next(LAYOUT_BYTES, 8);
        values.set(ValueLayout.JAVA_INT, at, rank);
        for (int axis = 0; axis < rank; axis++) {
            values.set(ValueLayout.JAVA_INT, at + 4 + 4L * axis, shape.dim(axis));
            values.set(ValueLayout.JAVA_LONG, at + 40 + 8L * axis, strides[axis]);
        }
        return this;
    }

    /** A struct, by its bytes; it is aligned to 8. */
    public Launch struct(byte[] bytes) {
        MemorySegment.copy(bytes, 0, values, ValueLayout.JAVA_BYTE, next(bytes.length, 8), bytes.length);
        return this;
    }

    private long next(int bytes, int alignment) {
        int at = (used + alignment - 1) & -alignment;
        if (at + bytes > VALUE_BYTES || count == MAX_ARGUMENTS) {
            throw new BackendException(function.name() + ": arguments of more than " + VALUE_BYTES + " bytes or more "
                    + "than " + MAX_ARGUMENTS + " (need fewer)");
        }
        pointers.setAtIndex(ValueLayout.JAVA_LONG, count++, values.address() + at);
        used = at + bytes;
        return at;
    }

    /**
     * Gives the work to the device, and does not wait for it.
     *
     * @throws BackendException if the device refuses
     */
    public void run() {
        if (gridX == 0 || gridY == 0 || gridZ == 0) {
            return;
        }
        backend.run(this);
    }

    void run(Modules.Loaded loaded, MemorySegment stream) {
        loaded.allow(shared);
        Status.driver(Driver.cuLaunchKernel(loaded.handle, (int) gridX, (int) gridY, (int) gridZ, blockX, blockY,
                blockZ, shared, stream, pointers, MemorySegment.NULL), function.name());
    }

    KernelFunction function() {
        return function;
    }
}
