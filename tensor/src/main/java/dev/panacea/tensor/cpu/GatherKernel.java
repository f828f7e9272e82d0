package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Gather;
import dev.panacea.tensor.op.IndexRange;
import java.util.Arrays;

/** Reads through the index row by row; the input may have any strides. */
final class GatherKernel implements Kernel<Gather> {
    private static final ThreadLocal<Rows> TASK = ThreadLocal.withInitial(Rows::new);

    @Override
    public boolean accepts(Gather op, Tensor[] inputs) {
        return inputs[1].size() / Math.max(1, inputs[1].dim(-1)) <= Integer.MAX_VALUE;
    }

    @Override
    public boolean strided(Gather op, int index) {
        return index == 0;
    }

    @Override
    public void run(Gather op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        IndexRange.check(op, inputs[1], x.shape(), op.axis());
        TASK.get().run(x, x.shape().axis("gather", op.axis()), inputs[1], outputs[0]);
    }

    private static final class Rows extends RowTask {
        private int[] dims = new int[8];
        private long[] strides = new long[8]; // of the input in bytes, 0 for the gathered axis
        private int outer;
        private int inner;
        private int unit;
        private long innerStride;
        private long indexStride;
        private long source;
        private long index;
        private long target;

        void run(Tensor x, int along, Tensor indices, Tensor y) {
            Shape shape = y.shape();
            outer = shape.rank() - 1;
            if (outer > dims.length) {
                dims = Arrays.copyOf(dims, outer);
                strides = Arrays.copyOf(strides, outer);
            }
            unit = x.type().byteSize();
            for (int axis = 0; axis < outer; axis++) {
                dims[axis] = shape.dim(axis);
                strides[axis] = axis == along ? 0 : x.layout().strides()[axis] * unit;
            }
            inner = shape.dim(outer);
            innerStride = outer == along ? 0 : x.layout().strides()[outer] * unit;
            indexStride = x.layout().strides()[along] * unit;
            source = x.address();
            index = indices.address();
            target = y.address();
            ParallelRows.run(this, (int) (y.size() / inner), ParallelRows.grain(inner, 1 << 13));
        }

        @Override
        public void rows(int from, int to, Scratch scratch) {
            for (int row = from; row < to; row++) {
                long at = source;
                int rest = row;
                for (int axis = outer - 1; axis >= 0; axis--) {
                    int i = rest % dims[axis];
                    rest /= dims[axis];
                    at += i * strides[axis];
                }
                long first = (long) row * inner;
                if (unit == 4) {
                    ints(at, innerStride, indexStride, index + 4 * first, target + 4 * first, inner);
                } else {
                    units(at, index + 4 * first, target + unit * first);
                }
            }
        }

        private static void ints(long at, long step, long indexStep, long indices, long put, int count) {
            for (int i = 0; i < count; i++) {
                long read = at + i * step + Memory.i32(indices + 4L * i) * indexStep;
                Memory.i32(put + 4L * i, Memory.i32(read));
            }
        }

        private void units(long at, long indices, long put) {
            for (int i = 0; i < inner; i++) {
                long read = at + i * innerStride + Memory.i32(indices + 4L * i) * indexStride;
                BoxCopy.copyUnit(read, put + (long) i * unit, unit);
            }
        }
    }
}
