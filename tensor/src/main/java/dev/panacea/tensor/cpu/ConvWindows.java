package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Conv2d;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The windows of a convolution as a matrix: one row for each element of a window (channel, window row, window column),
 * one column for each window, so that the convolution is a matrix product. The matrix is made block by block, a range
 * of channels by a range of windows, in scratch memory that stays in the cache until the product has read it. Blocks
 * depend on the sizes alone.
 */
final class ConvWindows {
    /** Scratch memory slot of a block. */
    static final int BLOCK = 0;

    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final int DEPTH = 320;           // rows of a block, unless one channel has more
    private static final int BLOCK_SIZE = 1 << 16;  // elements of a block

    int batch;
    int groups;
    int channels;       // of the input, in one group
    int filters;        // channels of the output, in one group
    int height;
    int width;
    int kernelHeight;
    int kernelWidth;
    int rows;           // of the output
    int columns;        // of the output
    int stride;
    int padding;
    int dilation;

    int plane;          // elements of one input channel
    int windows;        // elements of one output channel
    int kernel;         // elements of one channel of a window
    int depth;          // elements of a window
    int channelBlocks;
    int channelBlock;   // channels of a block
    int windowBlocks;
    int windowBlock;    // windows of a block

    void set(Conv2d conv, Shape x, Shape w, Shape y) {
        batch = x.dim(0);
        groups = conv.groups();
        channels = w.dim(1);
        filters = w.dim(0) / groups;
        height = x.dim(2);
        width = x.dim(3);
        kernelHeight = w.dim(2);
        kernelWidth = w.dim(3);
        rows = y.dim(2);
        columns = y.dim(3);
        stride = conv.stride();
        padding = conv.padding();
        dilation = conv.dilation();
        plane = height * width;
        windows = rows * columns;
        kernel = kernelHeight * kernelWidth;
        depth = channels * kernel;
        int most = Math.max(1, DEPTH / kernel);
        channelBlocks = Math.max(1, (channels + most - 1) / most);
        channelBlock = (channels + channelBlocks - 1) / channelBlocks;
        int wide = Math.clamp(BLOCK_SIZE / Math.max(1, channelBlock * kernel), 64, 2048);
        windowBlocks = (windows + wide - 1) / wide;
        windowBlock = ((windows + windowBlocks - 1) / windowBlocks + 63) / 64 * 64;
        windowBlocks = (windows + windowBlock - 1) / windowBlock;
    }

    /** Whether the matrix is the input itself. */
    boolean isPointwise() {
        return kernel == 1 && stride == 1 && padding == 0;
    }

    /** Elements of the largest block. */
    long blockSize() {
        return (long) channelBlock * kernel * windowBlock;
    }

    /** First channel of a block. */
    int channel(int block) {
        return Math.min(channels, block * channelBlock);
    }

    /** First window of a block. */
    int window(int block) {
        return Math.min(windows, block * windowBlock);
    }

    /**
     * Fills a block: channels {@code from} to {@code to} by windows {@code first} to {@code last}, both exclusive.
     *
     * @param x address of channel {@code from} of the image
     * @param block address of the block, whose rows lie densely below each other
     */
    void gather(long x, int from, int to, int first, int last, long block) {
        long at = block;
        for (int c = from; c < to; c++, x += 4L * plane) {
            for (int u = 0; u < kernelHeight; u++) {
                for (int v = 0; v < kernelWidth; v++) {
                    gatherRow(x, u * dilation - padding, v * dilation - padding, first, last, at);
                    at += 4L * (last - first);
                }
            }
        }
    }

    /** Adds a block, laid out as {@link #gather} does, back to the image. */
    void scatter(long x, int from, int to, int first, int last, long block) {
        long at = block;
        for (int c = from; c < to; c++, x += 4L * plane) {
            for (int u = 0; u < kernelHeight; u++) {
                for (int v = 0; v < kernelWidth; v++) {
                    scatterRow(x, u * dilation - padding, v * dilation - padding, first, last, at);
                    at += 4L * (last - first);
                }
            }
        }
    }

    private void gatherRow(long x, int down, int right, int first, int last, long to) {
        int begin = inside(right, 0);
        int end = inside(right, width);
        for (int p = first; p < last; ) {
            int i = p / columns;
            int j = p - i * columns;
            int stop = Math.min(columns, j + last - p);
            int row = i * stride + down;
            if (row < 0 || row >= height) {
                zero(to, stop - j);
            } else {
                int low = Math.clamp(begin, j, stop);
                int high = Math.clamp(end, low, stop);
                zero(to, low - j);
                long source = x + 4L * ((long) row * width + (long) low * stride + right);
                if (stride == 1) {
                    copy(source, to + 4L * (low - j), high - low);
                } else {
                    copyStrided(source, 4L * stride, to + 4L * (low - j), high - low);
                }
                zero(to + 4L * (high - j), stop - high);
            }
            to += 4L * (stop - j);
            p += stop - j;
        }
    }

    private void scatterRow(long x, int down, int right, int first, int last, long from) {
        int begin = inside(right, 0);
        int end = inside(right, width);
        for (int p = first; p < last; ) {
            int i = p / columns;
            int j = p - i * columns;
            int stop = Math.min(columns, j + last - p);
            int row = i * stride + down;
            if (row >= 0 && row < height) {
                int low = Math.clamp(begin, j, stop);
                int high = Math.clamp(end, low, stop);
                long target = x + 4L * ((long) row * width + (long) low * stride + right);
                if (stride == 1) {
                    add(from + 4L * (low - j), target, high - low);
                } else {
                    addStrided(from + 4L * (low - j), target, 4L * stride, high - low);
                }
            }
            from += 4L * (stop - j);
            p += stop - j;
        }
    }

    /** The first window of a row whose element at {@code right} is at {@code column} or beyond. */
    private int inside(int right, int column) {
        return -Math.floorDiv(right - column, stride);
    }

    private static void zero(long to, int count) {
        for (int i = 0; i < count; i++) {
            Memory.f32(to + 4L * i, 0);
        }
    }

    private static void copy(long from, long to, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector.fromMemorySegment(S, Memory.ALL, from + 4L * i, Memory.ORDER)
                    .intoMemorySegment(Memory.ALL, to + 4L * i, Memory.ORDER);
        }
        if (i < count) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector.fromMemorySegment(S, Memory.ALL, from + 4L * i, Memory.ORDER, mask)
                    .intoMemorySegment(Memory.ALL, to + 4L * i, Memory.ORDER, mask);
        }
    }

    private static void copyStrided(long from, long step, long to, int count) {
        for (int i = 0; i < count; i++, from += step) {
            Memory.f32(to + 4L * i, Memory.f32(from));
        }
    }

    private static void add(long from, long to, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector.fromMemorySegment(S, Memory.ALL, from + 4L * i, Memory.ORDER)
                    .add(FloatVector.fromMemorySegment(S, Memory.ALL, to + 4L * i, Memory.ORDER))
                    .intoMemorySegment(Memory.ALL, to + 4L * i, Memory.ORDER);
        }
        if (i < count) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector.fromMemorySegment(S, Memory.ALL, from + 4L * i, Memory.ORDER, mask)
                    .add(FloatVector.fromMemorySegment(S, Memory.ALL, to + 4L * i, Memory.ORDER, mask))
                    .intoMemorySegment(Memory.ALL, to + 4L * i, Memory.ORDER, mask);
        }
    }

    private static void addStrided(long from, long to, long step, int count) {
        for (int i = 0; i < count; i++, to += step) {
            Memory.f32(to, Memory.f32(to) + Memory.f32(from + 4L * i));
        }
    }

    /** C [m,n] (+)= A [m,k] · B [k,n] on the calling thread, inside a task. */
    static void multiply(int m, int n, int k, long a, long aRow, long aColumn, long b, long bRow, long bColumn, long c,
            long cRow, boolean accumulate) {
        Gemm gemm = Gemm.begin().size(m, n, k).a(a, aRow, aColumn).b(b, bRow, bColumn).c(c, cRow);
        if (accumulate) {
            gemm.accumulate();
        }
        gemm.run();
    }
}
