package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import java.util.Arrays;

/**
 * What attention and its backward kernel share beyond the arithmetic: where the operands of head (b, h) lie, and the
 * additive terms of its scores.
 */
abstract class HeadTask extends AttentionTask {
    private static final int ADDRESS = 0;

    int batch;
    int heads;
    final Operand query = new Operand();
    final Operand key = new Operand();
    final Operand value = new Operand();
    final Operand bias = new Operand();
    final Operand mask = new Operand();

    /** A tensor's address and its strides in bytes over (b, h, row, column); 0 where it is repeated. */
    static final class Operand {
        boolean present;
        long column;
        private long address;
        private long batchStride;
        private long headStride;
        private long row;

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

        long row(int b, int h, int i) {
            return address + b * batchStride + h * headStride + i * row;
        }

        /** Addresses of rows 0..count-1 of one head. */
        long[] rows(int b, int h, int count, Scratch scratch) {
            long[] rows = scratch.longs(ADDRESS, count);
            for (int i = 0; i < count; i++) {
                rows[i] = row(b, h, i);
            }
            return rows;
        }
    }

    /** Takes query, key, value, bias and mask from inputs {@code first} and up. */
    final void prepare(Tensor[] in, int first, double factor) {
        batch = in[first].dim(0);
        heads = in[first].dim(1);
        sizes(in[first].dim(2), in[first + 1].dim(2), in[first].dim(3), factor);
        query.of(in[first]);
        key.of(in[first + 1]);
        value.of(in[first + 2]);
        bias.present = false;
        mask.present = false;
        for (int i = first + 3; i < in.length; i++) {
            (in[i].type().isFloat() ? bias : mask).of(in[i]);
        }
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
                PanelPack.load(bias.row(b, h, from + i), bias.column, keys, 1, added, at);
            } else {
                Arrays.fill(added, at, at + keys, bias.present ? Memory.f32(bias.row(b, h, from + i)) : 0);
            }
            if (mask.present) {
                leaveOut(mask.row(b, h, from + i), mask.column, keys, added, at);
            }
            Arrays.fill(added, at + keys, at + width, Float.NEGATIVE_INFINITY);
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
