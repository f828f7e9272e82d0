package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;

/**
 * What attention and its backward kernel share: where the operands of head (b, h) lie, and the additive terms of its
 * scores. Strides are in bytes, in the order b, h, row, column; 0 where an operand is repeated.
 */
abstract class HeadTask extends RowTask {
    /** Scratch slots of the shared buffers; a task's own begin at {@link #OWN}. */
    static final int QUERY = 0;
    static final int KEY = 1;
    static final int VALUE = 2;
    static final int SCORE = 3;
    static final int ADDED = 4;
    static final int OWN = 5;

    /** Addresses of rows, in the long slots of scratch. */
    static final int ADDRESS = 0;

    private static final int BLOCK_FLOATS = 1 << 16;
    private static final int MOST_QUERIES = 64;
    private static final int LEAST_QUERIES = 16;

    int batch;
    int heads;
    int queries;
    int keys;
    int depth;
    /** Keys with padding: the row stride of scores. */
    int width;
    /** Queries handled at once, so that their scores stay in the second-level cache. */
    int block;
    int blocks;
    float scale;
    final Operand query = new Operand();
    final Operand key = new Operand();
    final Operand value = new Operand();
    final Operand bias = new Operand();
    final Operand mask = new Operand();

    /** A tensor's address and its strides in bytes over (b, h, row, column). */
    static final class Operand {
        boolean present;
        long address;
        long batchStride;
        long headStride;
        long row;
        long column;

        /** Any tensor of at most four axes, broadcast. */
        void of(Tensor tensor) {
            present = true;
            address = tensor.address();
            batchStride = stride(tensor, 4);
            headStride = stride(tensor, 3);
            row = stride(tensor, 2);
            column = stride(tensor, 1);
        }

        private static long stride(Tensor tensor, int fromEnd) {
            int axis = tensor.shape().rank() - fromEnd;
            boolean repeated = axis < 0 || tensor.shape().dim(axis) == 1;
            return repeated ? 0 : tensor.layout().strides()[axis] * tensor.type().byteSize();
        }

        long at(int b, int h) {
            return address + b * batchStride + h * headStride;
        }

        /** Addresses of rows 0..count-1 of one head. */
        long[] rows(int b, int h, int count, Scratch scratch) {
            long[] rows = scratch.longs(ADDRESS, count);
            long at = at(b, h);
            for (int i = 0; i < count; i++) {
                rows[i] = at + i * row;
            }
            return rows;
        }
    }

    /** Takes query, key, value, bias and mask from inputs {@code first} and up. */
    void prepare(Tensor[] in, int first, double factor) {
        batch = in[first].dim(0);
        heads = in[first].dim(1);
        queries = in[first].dim(2);
        keys = in[first + 1].dim(2);
        depth = in[first].dim(3);
        width = PanelProduct.padColumns(keys);
        block = block(queries, width);
        blocks = (queries + block - 1) / block;
        scale = (float) factor;
        query.of(in[first]);
        key.of(in[first + 1]);
        value.of(in[first + 2]);
        bias.present = false;
        mask.present = false;
        for (int i = first + 3; i < in.length; i++) {
            (in[i].type().isFloat() ? bias : mask).of(in[i]);
        }
    }

    /** Queries in a block: about equal blocks of a multiple of four, from the sizes alone. */
    static int block(int queries, int width) {
        int most = Math.clamp(BLOCK_FLOATS / width, LEAST_QUERIES, MOST_QUERIES);
        int count = (queries + most - 1) / most;
        return PanelProduct.padRows((queries + count - 1) / count);
    }

    /** Row stride of the additive terms: 0 where every query has the same. */
    final int addedRow() {
        return bias.present && bias.row != 0 || mask.present && mask.row != 0 ? width : 0;
    }

    /** Fills the additive terms of queries {@code from}.. of a head: bias, and −∞ for keys left out and padding. */
    final float[] added(int b, int h, int from, int rows, Scratch scratch) {
        int count = addedRow() == 0 ? 1 : rows;
        float[] added = scratch.floats(ADDED, count * width);
        for (int i = 0; i < count; i++) {
            int at = i * width;
            if (bias.present && bias.column != 0) {
                PanelPack.load(bias.at(b, h) + (from + i) * bias.row, bias.column, keys, 1, added, at);
            } else {
                float all = bias.present ? Memory.f32(bias.at(b, h) + (from + i) * bias.row) : 0;
                java.util.Arrays.fill(added, at, at + keys, all);
            }
            if (mask.present) {
                leaveOut(mask.at(b, h) + (from + i) * mask.row, mask.column, keys, added, at);
            }
            for (int j = keys; j < width; j++) {
                added[at + j] = Float.NEGATIVE_INFINITY;
            }
        }
        return added;
    }

    private static void leaveOut(long address, long step, int keys, float[] added, int at) {
        for (int j = 0; j < keys; j++) {
            if (Memory.u8(address + j * step) == 0) {
                added[at + j] = Float.NEGATIVE_INFINITY;
            }
        }
    }
}
