package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * Matrix product of F32 matrices by absolute address: {@code C[M,N] (+)= A[M,K] · B[K,N]}, for one pair or a batch.
 *
 * <pre>{@code
 * Gemm.begin().size(m, n, k).a(address, rowStride, columnStride).b(...).c(address, rowStride).run();
 * }</pre>
 *
 * <p>A and B may have any strides, so a transposed operand costs nothing: A is read where it lies, B is packed into
 * panels of a few vectors' width. The output is cut into blocks, each computed by one thread; every element of C starts
 * from zero, its bias, what C held, or a residual, and its K products are added in order, by fused multiply-add in
 * parts of at most {@value #DEPTH}. The result is therefore the same bytes for every number of threads, every block
 * size and every vector width; but up to {@value #FEW} columns, where K lies dense, are dot products along vectors.
 *
 * <p>One object for each calling thread, filled in by the calls above and used once; a warm call allocates nothing.
 * Running rows uses {@link Scratch} slot {@value #PANELS}, of floats and of memory.
 */
public final class Gemm extends RowTask {
    /** The scratch slot that holds packed panels of B. */
    public static final int PANELS = 7;

    private static final ThreadLocal<Gemm> OF_THREAD = ThreadLocal.withInitial(Gemm::new);
    private static final int DEPTH = 320;        // K of one packed block: its A rows and one B panel stay in L2
    private static final int PACKED_DEPTHS = 8;  // that many are packed before a strip of C goes through them
    private static final int BLOCK_ROWS = 120;   // rows of A between two passes over the packed block
    private static final int NARROW_BLOCK = 256; // up to so many columns of C a copied strip of A has twice the rows
    private static final long COPY_STEP = 2L * BLOCK_ROWS * Float.BYTES;
    private static final long EDGE_STEP = (long) GemmTile.NARROW * Float.BYTES;
    private static final int COPY_COLUMNS = 64;  // columns of C from which a copy of a strip of A pays
    private static final int FEW = 4;            // columns of C up to which dot products are used
    private static final int MAX_ROWS = 4_096;   // rows of C in one block
    private static final int MAX_COLUMNS = 512;  // columns of C in one block
    private static final long PACKING = 12;      // sixteenths of a cycle to pack an element of B
    private static final long COPYING = 8;       // and to copy one of A
    private static final long GRAIN_FLOPS = 2_000_000;
    private static final int NARROW = GemmTile.NARROW;
    private static final long ZEROS = Arena.global().allocate(2L * NARROW * Float.BYTES, 64).address();

    private int m;
    private int n;
    private int k;
    private long a;
    private long aRow;
    private long aColumn;
    private long b;
    private long bRow;
    private long bColumn;
    private long c;
    private long cRow;
    private int batch;
    private int batchRank;
    private final int[] batchDims = new int[16];
    private final long[] aBatch = new long[16];
    private final long[] bBatch = new long[16];
    private final long[] cBatch = new long[16];
    private long bias;
    private long start; // what the sums start from, and the step there from row to row
    private long startRow;
    private boolean gelu;
    private boolean few;
    private long preActivation;
    private long sums; // where products are added up: C, or the values before GELU

    private int blockRows;
    private int blockColumns;
    private int rowBlocks;
    private int columnBlocks;

    private Gemm() {}

    /** The calling thread's object, reset: no batch, no bias, C overwritten. */
    public static Gemm begin() {
        Gemm gemm = OF_THREAD.get();
        gemm.batch = 1;
        gemm.batchRank = 0;
        gemm.bias = 0;
        gemm.start = 0;
        gemm.gelu = false;
        gemm.preActivation = 0;
        return gemm;
    }

    /** Rows of C, columns of C, and the length of each sum. */
    public Gemm size(int rows, int columns, int depth) {
        m = rows;
        n = columns;
        k = depth;
        return this;
    }

    /** A [M,K]: address of its first element, strides in elements. */
    public Gemm a(long address, long rowStride, long columnStride) {
        a = address;
        aRow = rowStride * Float.BYTES;
        aColumn = columnStride * Float.BYTES;
        return this;
    }

    /** B [K,N]: address of its first element, strides in elements. */
    public Gemm b(long address, long rowStride, long columnStride) {
        b = address;
        bRow = rowStride * Float.BYTES;
        bColumn = columnStride * Float.BYTES;
        return this;
    }

    /** C [M,N]: address of its first element, row stride in elements; columns lie side by side. */
    public Gemm c(long address, long rowStride) {
        c = address;
        cRow = rowStride * Float.BYTES;
        return this;
    }

    /**
     * Adds one batch axis inside those added before; strides in elements, 0 for an operand that is the same all along
     * the axis. At most 16 axes.
     */
    public Gemm batch(int size, long aStride, long bStride, long cStride) {
        if (size != 1) {
            batchDims[batchRank] = size;
            aBatch[batchRank] = aStride * Float.BYTES;
            bBatch[batchRank] = bStride * Float.BYTES;
            cBatch[batchRank] = cStride * Float.BYTES;
            batchRank++;
            batch *= size;
        }
        return this;
    }

    /** Adds to C in place of overwriting it; C is set already. */
    public Gemm accumulate() {
        return residual(c, cRow / Float.BYTES);
    }

    /** Adds a matrix [M,N], laid out in batches as C is: address of its first element, row stride in elements. */
    public Gemm residual(long address, long rowStride) {
        start = address;
        startRow = rowStride * Float.BYTES;
        return this;
    }

    /** Adds a row of N values at this address to every row of C. */
    public Gemm bias(long address) {
        bias = address;
        return this;
    }

    /**
     * Applies exact GELU to C at the end.
     *
     * @param store where the values before GELU go, in the layout of C, or 0 for nowhere
     */
    public Gemm gelu(long store) {
        gelu = true;
        preActivation = store;
        return this;
    }

    /** Computes C. */
    public void run() {
        if (m == 0 || n == 0 || batch == 0) {
            return;
        }
        fold();
        swap();
        if (hasFewColumns()) {
            int items = Math.multiplyExact(batch, (m + 3) / 4);
            ParallelRows.run(this, items, ParallelRows.grain(8L * n * k, GRAIN_FLOPS / 8));
            return;
        }
        sums = preActivation == 0 ? c : preActivation;
        cut(ParallelRows.threads());
        long flops = 2L * Math.min(m, blockRows) * Math.min(n, blockColumns) * Math.max(k, 16);
        ParallelRows.run(this, batch * rowBlocks * columnBlocks, ParallelRows.grain(flops, GRAIN_FLOPS));
    }

    /** A single row times dense columns is the same columns times a single one. */
    private void swap() {
        if (m == 1 && n > 1 && bRow == Float.BYTES && aColumn == Float.BYTES && start == 0 && bias == 0 && !gelu
                && batch == 1) {
            long row = a;
            a = b;
            aRow = bColumn;
            b = row;
            m = n;
            n = 1;
            cRow = Float.BYTES;
        }
    }

    /** Whether dot products along K do it: few columns, and rows of A that lie dense. */
    private boolean hasFewColumns() {
        few = n <= FEW && m >= 4 && k >= 64 && aColumn == Float.BYTES && !gelu;
        return few;
    }

    private void fewColumns(int from, int to, Scratch scratch) {
        float[] four = scratch.floats(PANELS, 4);
        long column = scratch.memory(PANELS, (long) k * Float.BYTES);
        int groups = (m + 3) / 4;
        for (int j = 0; j < n; j++) {
            long copied = -1; // which column lies there
            for (int group = from; group < to; group++) {
                int item = group / groups;
                int row = Math.min(group % groups * 4, m - 4); // the last four may overlap those before
                long bAt = b + offset(item, bBatch) + j * bColumn;
                long dense = bAt;
                if (bRow != Float.BYTES) {
                    dense = column;
                    for (int i = 0; copied != bAt && i < k; i++) {
                        Memory.f32(column + (long) i * Float.BYTES, Memory.f32(bAt + i * bRow));
                    }
                    copied = bAt;
                }
                GemmDots.four(a + offset(item, aBatch) + row * aRow, aRow, dense, k, four);
                long at = offset(item, cBatch) + (long) j * Float.BYTES;
                float more = bias == 0 ? 0 : Memory.f32(bias + (long) j * Float.BYTES);
                for (int i = group % groups * 4 - row; i < 4; i++) {
                    float before = start == 0 ? more : Memory.f32(start + at + (row + i) * startRow) + more;
                    Memory.f32(c + at + (row + i) * cRow, before + four[i]);
                }
            }
        }
    }

    /** Batch entries that share B and follow each other in A and C are more rows of one product. */
    private void fold() {
        while (batchRank > 0) {
            int axis = batchRank - 1;
            long rows = (long) m * batchDims[axis];
            if (bBatch[axis] != 0 || start != 0 && startRow != cRow || aBatch[axis] != m * aRow
                    || cBatch[axis] != m * cRow || rows > 1 << 30) {
                return;
            }
            m = (int) rows;
            batch /= batchDims[axis];
            batchRank--;
        }
    }

    /**
     * Chooses the blocks that take the least time by estimate. Small blocks pack more for each product; few blocks, or
     * a number that the threads do not divide, leave threads without work at the end.
     */
    private void cut(int threads) {
        long best = Long.MAX_VALUE;
        boolean small = threads == 1 || batch >= 4 * threads || 2L * m * n * k * batch < GRAIN_FLOPS;
        int narrowest = small ? MAX_COLUMNS : 2 * NARROW;
        int tall = (m + MAX_ROWS - 1) / MAX_ROWS;
        for (int width = MAX_COLUMNS; width >= narrowest; width -= 2 * NARROW) {
            int across = (n + width - 1) / width;
            int even = roundUp((n + across - 1) / across, 2 * NARROW);
            int most = small ? tall : Math.max(tall, Math.min(tall + 2 * threads, m / 16));
            for (int down = tall; down <= most; down++) {
                int high = roundUp((m + down - 1) / down, GemmTile.ROWS);
                long blocks = (long) batch * across * ((m + high - 1) / high);
                long cost = cost(high, even) * (10 * ((blocks + threads - 1) / threads) + 1);
                if (cost < best) {
                    best = cost;
                    blockRows = high;
                    blockColumns = even;
                }
            }
        }
        rowBlocks = (m + blockRows - 1) / blockRows;
        columnBlocks = (n + blockColumns - 1) / blockColumns;
    }

    /** About the cycles that a block takes for each step of K, times 16. */
    private long cost(int high, int wide) {
        long products = (long) high * wide * 16 / VectorWidth.LANES;
        return products + PACKING * wide + (copies(wide) ? COPYING * (long) high : 0);
    }

    /** Long columns of a transposed A lie pages apart: copied close together they cost fewer cache and TLB misses. */
    private boolean copies(int wide) {
        return aRow == Float.BYTES && aColumn > COPY_STEP && wide >= COPY_COLUMNS;
    }

    @Override
    public void rows(int from, int to, Scratch scratch) {
        if (few) {
            fewColumns(from, to, scratch);
            return;
        }
        int depths = Math.max(1, (k + DEPTH - 1) / DEPTH);
        int depth = (k + depths - 1) / depths;
        int slab = depth * roundUp(Math.min(n, blockColumns), NARROW); // floats of one packed depth
        int between = slab * Math.min(depths, PACKED_DEPTHS); // room behind the panels
        float[] panels = scratch.floats(PANELS, between + GemmTranspose.BETWEEN);
        boolean copies = copies(Math.min(n, blockColumns));
        int strip = copies && blockColumns <= NARROW_BLOCK ? 2 * BLOCK_ROWS : BLOCK_ROWS;
        long edge = scratch.memory(PANELS, GemmTile.ROWS * EDGE_STEP + DEPTH * COPY_STEP);
        long copied = copies ? edge + GemmTile.ROWS * EDGE_STEP : 0;
        long packed = -1; // the block of B that the panels hold, where they hold all its depths
        for (int block = from; block < to; block++) {
            int rowBlock = block % rowBlocks;
            int columnBlock = block / rowBlocks % columnBlocks;
            int item = block / rowBlocks / columnBlocks;
            int row = rowBlock * blockRows;
            int column = columnBlock * blockColumns;
            int rowsHere = Math.min(blockRows, m - row);
            int columnsHere = Math.min(blockColumns, n - column);
            long aAt = a + offset(item, aBatch) + row * aRow;
            long bAt = b + offset(item, bBatch) + column * bColumn;
            long cAt = offset(item, cBatch) + row * cRow + (long) column * Float.BYTES;
            int first = 0;
            do {
                int end = Math.min(k, first + PACKED_DEPTHS * depth);
                if (packed != bAt) {
                    for (int at = first, put = 0; at < end; at += depth, put += slab) {
                        GemmPack.pack(bAt + at * bRow, bRow, bColumn, Math.min(depth, end - at), columnsHere, panels, put,
                                between);
                    }
                    packed = depths <= PACKED_DEPTHS ? bAt : -1;
                }
                for (int top = 0; top < rowsHere; top += strip) {
                    int height = Math.min(strip, rowsHere - top);
                    long cStrip = cAt + top * cRow;
                    long cTop = sums + cStrip;
                    long base = cTop; // what the sums of this strip start from
                    long baseRow = cRow;
                    long baseColumn = Float.BYTES;
                    if (first == 0 && start != 0) {
                        base = start + offset(item, cBatch) + (row + top) * startRow + (long) column * Float.BYTES;
                        baseRow = startRow;
                        if (bias != 0) {
                            GemmEdge.sum(cTop, cRow, base, baseRow, bias + (long) column * Float.BYTES, height,
                                    columnsHere);
                            base = cTop;
                            baseRow = cRow;
                        }
                    } else if (first == 0) {
                        base = bias == 0 ? ZEROS : bias + (long) column * Float.BYTES;
                        baseRow = 0;
                        baseColumn = bias == 0 ? 0 : Float.BYTES;
                    }
                    int at = first;
                    int panel = 0;
                    do {
                        int depthHere = Math.min(depth, k - at);
                        long aStrip = aAt + top * aRow + at * aColumn;
                        long aStep = aRow;
                        long aNext = aColumn;
                        if (copied != 0) {
                            GemmPack.copy(aStrip, aColumn, depthHere, height, copied, COPY_STEP);
                            aStrip = copied;
                            aStep = Float.BYTES;
                            aNext = COPY_STEP;
                        }
                        wide(aStrip, aStep, aNext, panels, panel, base, baseRow, baseColumn, cTop, height, columnsHere,
                                depthHere);
                        narrow(aStrip, aStep, aNext, panels, panel, base, baseRow, baseColumn, cTop, height, columnsHere,
                                depthHere, edge);
                        base = cTop;
                        baseRow = cRow;
                        baseColumn = Float.BYTES;
                        at += depth;
                        panel += slab;
                    } while (at < end);
                    if (gelu && end == k) {
                        finish(cStrip, height, columnsHere, scratch.edge());
                    }
                }
                first = end;
            } while (first < k);
        }
    }

    /** A strip of C: what it starts from plus a strip of A [height, depth] times the packed block [depth, width]. */
    private void wide(long aAt, long aStep, long aNext, float[] panels, int panel, long from, long fromRow,
            long fromColumn, long cAt, int height, int width, int depth) {
        for (int column = 0; width - column >= GemmTile.WIDE; column += 2 * NARROW) {
            long a = aAt;
            long f = from + column * fromColumn;
            long put = cAt + (long) column * Float.BYTES;
            int at = panel + column * depth;
            int row = 0;
            for (; row + GemmTile.ROWS <= height; row += GemmTile.ROWS) {
                GemmTile.wide(a, aStep, aNext, panels, at, depth, f, fromRow, put, cRow);
                a += GemmTile.ROWS * aStep;
                f += GemmTile.ROWS * fromRow;
                put += GemmTile.ROWS * cRow;
            }
            for (; row < height; row++, a += aStep, f += fromRow, put += cRow) {
                GemmTile.wideRow(a, aNext, panels, at, depth, f, put);
            }
        }
    }

    /** The columns that are left over, panel by panel of half the width; the last panel may be wider than C. */
    private void narrow(long aAt, long aStep, long aNext, float[] panels, int panel, long from, long fromRow,
            long fromColumn, long cAt, int height, int width, int depth, long edge) {
        for (int column = width / GemmTile.WIDE * GemmTile.WIDE; column < width; column += NARROW) {
            int inside = Math.min(NARROW, width - column);
            long a = aAt;
            long f = from + column * fromColumn;
            long put = cAt + (long) column * Float.BYTES;
            boolean whole = inside == NARROW;
            int row = 0;
            while (row < height) {
                int rows = height - row >= GemmTile.ROWS ? GemmTile.ROWS : 1;
                if (!whole) { // work on a copy that is wide enough
                    GemmPack.copy(f, fromRow, rows, fromColumn == 0 ? NARROW : inside, edge, EDGE_STEP);
                }
                if (rows > 1) {
                    GemmTile.narrow(a, aStep, aNext, panels, panel + column * depth, depth, whole ? f : edge,
                            whole ? fromRow : EDGE_STEP, whole ? put : edge, whole ? cRow : EDGE_STEP);
                } else {
                    GemmTile.narrowRow(a, aNext, panels, panel + column * depth, depth, whole ? f : edge,
                            whole ? put : edge);
                }
                if (!whole) {
                    GemmPack.copy(edge, EDGE_STEP, rows, inside, put, cRow);
                }
                row += rows;
                a += rows * aStep;
                f += rows * fromRow;
                put += rows * cRow;
            }
        }
    }

    private void finish(long cOffset, int height, int width, long edge) {
        for (int row = 0; row < height; row++) {
            long at = cOffset + row * cRow;
            GemmEdge.gelu(sums + at, c + at, width, edge);
        }
    }

    private long offset(int item, long[] strides) {
        long offset = 0;
        for (int axis = batchRank - 1; axis >= 0; axis--) {
            offset += item % batchDims[axis] * strides[axis];
            item /= batchDims[axis];
        }
        return offset;
    }

    private static int roundUp(int value, int multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    @Override
    public String toString() {
        return "gemm [" + m + ", " + k + "] · [" + k + ", " + n + "] batch "
                + Arrays.toString(Arrays.copyOf(batchDims, batchRank));
    }
}
