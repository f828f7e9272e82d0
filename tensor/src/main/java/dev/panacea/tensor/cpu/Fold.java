package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;

import dev.panacea.tensor.memory.Memory;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Folds the middle axis of contiguous [outer, fold, inner] into one element each. Rows (inner = 1) are cut into blocks,
 * columns into tiles of columns and chunks of rows; the cuts depend on the sizes alone, and partial results are joined
 * in order, so that the bytes do not depend on the number of threads.
 */
abstract class Fold extends RowTask {
    private static final int TILE = 1024; // columns: their running totals stay in the nearest cache
    private static final int RUN = 256;   // rows folded before the result joins the running totals
    private static final int PIECES = 64; // enough for any number of threads
    private static final int LEAST = 4096; // elements that are worth a piece of their own
    private static final int SLOT = 0;

    private long x;
    private long y;
    private long fold;
    private long inner;
    private float scale;
    private int tiles; // 0 for rows
    private int chunks;
    private long chunk;
    private float[] partials = new float[0];

    /** Folds a run of contiguous elements. */
    abstract float row(long at, int count);

    /** Folds rows that lie {@code stride} bytes apart into the totals of their columns. */
    abstract void columns(long at, long stride, int rows, float[] totals, int width, Scratch scratch);

    /** The fold of nothing. */
    abstract float start();

    /** Joins the partial results of one row, in order. */
    abstract float join(float[] partials, int from, int count);

    /** Joins {@code width} columns of partial results into those of the first chunk, in order. */
    abstract void join(float[] partials, int from, int width, int count);

    /** What the result is multiplied by, apart from the scale. */
    abstract float sign();

    /** Computes {@code y = scale · fold x}, with y contiguous [outer, inner]. */
    final void run(long x, long y, long outer, long fold, long inner, float scale) {
        if (outer == 0 || inner == 0) {
            return;
        }
        this.x = x;
        this.y = y;
        this.fold = fold;
        this.inner = inner;
        this.scale = scale * sign();
        long width;
        if (inner == 1) {
            tiles = 0;
            chunk = RowSums.BLOCK;
            width = 1;
        } else {
            tiles = Math.toIntExact((inner + TILE - 1) / TILE);
            width = Math.min(TILE, inner);
            long pieces = Math.max(1, Math.min(PIECES / (outer * tiles), fold * width / LEAST));
            chunk = (fold + pieces - 1) / pieces + 3 & ~3; // rows are folded in fours
        }
        chunk = Math.max(1, Math.min(chunk, fold));
        chunks = Math.toIntExact(Math.max(1, (fold + chunk - 1) / chunk));
        if (chunks > 1) {
            int length = Math.toIntExact(outer * chunks * inner);
            partials = partials.length < length ? new float[length] : partials;
        }
        ParallelRows.run(this, Math.toIntExact(outer * chunks * Math.max(1, tiles)),
                ParallelRows.grain(chunk * width + 16, 1 << 14));
        if (chunks > 1) {
            finish(outer);
        }
    }

    @Override
    public final void rows(int from, int to, Scratch scratch) {
        for (int piece = from; piece < to; piece++) {
            int tile = tiles == 0 ? 0 : piece % tiles;
            int part = tiles == 0 ? piece : piece / tiles; // outer · chunks + chunk
            long first = part % chunks * chunk;
            long at = x + 4 * ((part / chunks * fold + first) * inner + (long) tile * TILE);
            int count = (int) Math.min(chunk, fold - first);
            if (tiles == 0) {
                float result = row(at, count);
                if (chunks == 1) {
                    Memory.f32(y + 4L * part, result * scale);
                } else {
                    partials[part] = result;
                }
            } else {
                tile(at, count, part, tile, scratch);
            }
        }
    }

    private void tile(long at, int count, int part, int tile, Scratch scratch) {
        int width = (int) Math.min(TILE, inner - (long) tile * TILE);
        float[] totals = scratch.floats(SLOT, TILE);
        Arrays.fill(totals, 0, width, start());
        for (int row = 0; row < count; row += RUN) {
            columns(at + 4 * row * inner, 4 * inner, Math.min(RUN, count - row), totals, width, scratch);
        }
        long put = part * inner + (long) tile * TILE;
        if (chunks == 1) {
            write(totals, width, scale, y + 4 * put);
        } else {
            System.arraycopy(totals, 0, partials, (int) put, width);
        }
    }

    private static void write(float[] totals, int width, float scale, long y) {
        int i = 0;
        for (; i <= width - LANES; i += LANES) {
            FloatVector.fromArray(FLOATS, totals, i).mul(scale).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        if (i < width) {
            FloatVector.fromArray(FLOATS, totals, i).mul(scale)
                    .intoMemorySegment(ALL, y + 4L * i, ORDER, FLOATS.indexInRange(0, width - i));
        }
    }

    private void finish(long outer) {
        int width = (int) inner;
        for (int o = 0; o < outer; o++) {
            int from = o * chunks * width;
            if (tiles == 0) {
                Memory.f32(y + 4L * o, join(partials, from, chunks) * scale);
            } else {
                join(partials, from, width, chunks);
                for (int i = 0; i < width; i++) {
                    Memory.f32(y + 4 * (o * inner + i), partials[from + i] * scale);
                }
            }
        }
    }
}
