package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
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
 * from its bias (or zero, or what C held) and takes its K products in order by fused multiply-add. The result is
 * therefore the same bytes for every number of threads, every block size and every vector width.
 *
 * <p>One object for each calling thread, filled in by the calls above and used once; a warm call allocates nothing.
 * Running rows uses {@link Scratch} slot {@value #PANELS}, of floats and of memory.
 */
public final class Gemm extends RowTask {
    /** The scratch slot that holds packed panels of B. */
    public static final int PANELS = 7;

    private static final ThreadLocal<Gemm> OF_THREAD = ThreadLocal.withInitial(Gemm::new);
    private static final int DEPTH = 320;        // K of one packed block: its A rows and one B panel stay in L2
    private static final int BLOCK_ROWS = 120;   // rows of A between two passes over the packed block
    private static final long COPY_STEP = (long) BLOCK_ROWS * Float.BYTES;
    private static final long EDGE_STEP = (long) GemmTile.NARROW * Float.BYTES;
    private static final int COPY_COLUMNS = 64;  // columns of C from which a copy of a strip of A pays
    private static final int MAX_ROWS = 4_096;   // rows of C in one block
    private static final int MAX_COLUMNS = 512;  // columns of C in one block
    private static final int BLOCKS_PER_THREAD = 4;
    private static final long GRAIN_FLOPS = 2_000_000;
    private static final int NARROW = GemmTile.NARROW;

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
    private boolean accumulate;
    private boolean gelu;
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
        gemm.accumulate = false;
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

    /** Adds to C in place of overwriting it. */
    public Gemm accumulate() {
        accumulate = true;
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
        sums = preActivation == 0 ? c : preActivation;
        cut(ParallelRows.threads());
        long flops = 2L * Math.min(m, blockRows) * Math.min(n, blockColumns) * Math.max(k, 16);
        ParallelRows.run(this, batch * rowBlocks * columnBlocks, ParallelRows.grain(flops, GRAIN_FLOPS));
    }

    /** Batch entries that share B and follow each other in A and C are more rows of one product. */
    private void fold() {
        while (batchRank > 0) {
            int axis = batchRank - 1;
            long rows = (long) m * batchDims[axis];
            if (bBatch[axis] != 0 || aBatch[axis] != m * aRow || cBatch[axis] != m * cRow || rows > 1 << 30) {
                return;
            }
            m = (int) rows;
            batch /= batchDims[axis];
            batchRank--;
        }
    }

    /** Chooses the blocks: few, so that B is packed seldom, but enough to keep all threads busy to the end. */
    private void cut(int threads) {
        rowBlocks = (m + MAX_ROWS - 1) / MAX_ROWS;
        columnBlocks = (n + MAX_COLUMNS - 1) / MAX_COLUMNS;
        long flops = 2L * m * n * k * batch;
        long wanted = threads == 1 ? 1 : Math.min((long) BLOCKS_PER_THREAD * threads, flops / GRAIN_FLOPS);
        while ((long) batch * rowBlocks * columnBlocks < wanted) {
            if (n / columnBlocks > 4 * NARROW) {
                columnBlocks *= 2; // halves of the columns pack nothing twice
            } else if (m / rowBlocks > 32) {
                rowBlocks *= 2;
            } else {
                break;
            }
        }
        if (wanted > 1 && m / rowBlocks > 32) {
            while (batch * rowBlocks * columnBlocks % threads != 0) {
                rowBlocks++;
            }
        }
        blockRows = roundUp((m + rowBlocks - 1) / rowBlocks, GemmTile.ROWS);
        rowBlocks = (m + blockRows - 1) / blockRows;
        blockColumns = roundUp((n + columnBlocks - 1) / columnBlocks, 2 * NARROW);
        columnBlocks = (n + blockColumns - 1) / blockColumns;
    }

    @Override
    public void rows(int from, int to, Scratch scratch) {
        int depths = Math.max(1, (k + DEPTH - 1) / DEPTH);
        int depth = (k + depths - 1) / depths;
        int between = depth * roundUp(Math.min(n, blockColumns), NARROW); // room behind the panels
        float[] panels = scratch.floats(PANELS, between + GemmTranspose.BETWEEN);
        // Long columns of a transposed A lie pages apart: copied close together they cost fewer cache and TLB misses.
        boolean copies = aRow == Float.BYTES && aColumn > COPY_STEP && Math.min(n, blockColumns) >= COPY_COLUMNS;
        long edge = scratch.memory(PANELS, GemmTile.ROWS * EDGE_STEP + DEPTH * COPY_STEP);
        long copied = copies ? edge + GemmTile.ROWS * EDGE_STEP : 0;
        long packed = -1; // the block of B that the panels hold, when K is one block
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
            long cOffset = offset(item, cBatch) + row * cRow + (long) column * Float.BYTES;
            int at = 0;
            do {
                int depthHere = Math.min(depth, k - at);
                if (depths > 1 || packed != bAt) {
                    GemmPack.pack(bAt + at * bRow, bRow, bColumn, depthHere, columnsHere, panels,
                            between);
                    packed = bAt;
                }
                for (int top = 0; top < rowsHere; top += BLOCK_ROWS) {
                    int height = Math.min(BLOCK_ROWS, rowsHere - top);
                    long cStrip = cOffset + top * cRow;
                    if (at == 0) {
                        start(sums + cStrip, column, height, columnsHere);
                    }
                    long aStrip = aAt + top * aRow + at * aColumn;
                    if (copied != 0) {
                        GemmPack.copy(aStrip, aColumn, depthHere, height, copied, COPY_STEP);
                        multiply(copied, Float.BYTES, COPY_STEP, panels, sums + cStrip, height, columnsHere,
                                depthHere, edge);
                    } else {
                        multiply(aStrip, aRow, aColumn, panels, sums + cStrip, height, columnsHere, depthHere,
                                edge);
                    }
                    if (gelu && at + depthHere == k) {
                        finish(cStrip, height, columnsHere, scratch.edge());
                    }
                }
                at += depth;
            } while (at < k);
        }
    }

    /** Adds a strip of A [height, depth] times the packed block [depth, width] to a strip of C. */
    private void multiply(long aAt, long aRow, long aColumn, float[] panels, long cAt, int height, int width,
            int depth, long edge) {
        int column = 0;
        for (; column + 2 * NARROW <= width; column += 2 * NARROW) {
            for (int row = 0; row < height; row += GemmTile.ROWS) {
                int last = height - 1 - row; // rows past the last repeat it: same values, stored twice
                long a0 = aAt + row * aRow;
                long c0 = cAt + row * cRow + (long) column * Float.BYTES;
                GemmTile.wide(a0, a0 + Math.min(1, last) * aRow, a0 + Math.min(2, last) * aRow,
                        a0 + Math.min(3, last) * aRow, aColumn, panels, column * depth, depth,
                        c0, c0 + Math.min(1, last) * cRow, c0 + Math.min(2, last) * cRow,
                        c0 + Math.min(3, last) * cRow);
            }
        }
        for (; column < width; column += NARROW) {
            int inside = Math.min(NARROW, width - column);
            for (int row = 0; row < height; row += GemmTile.ROWS) {
                int last = height - 1 - row;
                long a0 = aAt + row * aRow;
                long c0 = cAt + row * cRow + (long) column * Float.BYTES;
                long tile = c0;
                long step = cRow;
                int rows = Math.min(GemmTile.ROWS, last + 1);
                if (inside < NARROW) { // the panel is wider than C: work on a copy that is wide enough
                    tile = edge;
                    step = EDGE_STEP;
                    GemmPack.copy(c0, cRow, rows, inside, tile, step);
                }
                GemmTile.narrow(a0, a0 + Math.min(1, last) * aRow, a0 + Math.min(2, last) * aRow,
                        a0 + Math.min(3, last) * aRow, aColumn, panels, column * depth, depth,
                        tile, tile + Math.min(1, last) * step, tile + Math.min(2, last) * step,
                        tile + Math.min(3, last) * step);
                if (inside < NARROW) {
                    GemmPack.copy(tile, step, rows, inside, c0, cRow);
                }
            }
        }
    }

    /** Sets a block of C to what it has before any product: zero, bias, or itself. */
    private void start(long cAt, int column, int height, int width) {
        long from = bias + (long) column * Float.BYTES;
        if (bias == 0 && !accumulate) {
            GemmEdge.zero(cAt, cRow, height, width);
        } else if (bias != 0 && !accumulate) {
            GemmEdge.bias(cAt, cRow, from, height, width);
        } else if (bias != 0) {
            GemmEdge.addBias(cAt, cRow, from, height, width);
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
