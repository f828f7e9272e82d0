package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Copy;

/**
 * Gathers any layout into contiguous memory. Axes that lie densely together are merged first; a dense innermost run is
 * copied as bytes, any other element by element.
 */
final class CopyKernel implements Kernel<Copy> {
    private static final int MAX_RANK = 16;
    private static final ThreadLocal<Rows> TASK = ThreadLocal.withInitial(Rows::new);

    @Override
    public boolean accepts(Copy op, Tensor[] inputs) {
        return inputs[0].shape().rank() <= MAX_RANK;
    }

    @Override
    public boolean strided(Copy op, int index) {
        return true;
    }

    @Override
    public void run(Copy op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        if (x.size() == 0) {
            return;
        }
        Rows task = TASK.get();
        task.prepare(x.layout());
        task.unit = x.type().byteSize();
        task.source = x.address();
        task.target = outputs[0].address();
        long rows = x.size() / task.inner;
        if (rows > Integer.MAX_VALUE) {
            throw new IllegalStateException("copy: " + rows + " rows");
        }
        ParallelRows.run(task, (int) rows, ParallelRows.grain(task.inner, 1 << 14));
    }

    private static final class Rows extends RowTask {
        private final int[] dims = new int[MAX_RANK];
        private final long[] strides = new long[MAX_RANK];
        private int outer;
        private int inner;
        private long innerStride;
        private int unit;
        private long source;
        private long target;

        /** Merges axes from the last: an axis joins the one after it when stepping it equals running past that one. */
        void prepare(Layout layout) {
            outer = 0;
            inner = 1;
            innerStride = 1;
            boolean first = true;
            for (int axis = layout.shape().rank() - 1; axis >= 0; axis--) {
                int dim = layout.shape().dim(axis);
                long stride = layout.strides()[axis];
                if (dim == 1) {
                    continue;
                }
                if (first) {
                    inner = dim;
                    innerStride = stride;
                    first = false;
                } else if (outer == 0 && stride == innerStride * inner && (long) inner * dim < 1 << 30) {
                    inner *= dim;
                } else if (outer > 0 && stride == strides[outer - 1] * dims[outer - 1]
                        && (long) dims[outer - 1] * dim < 1 << 30) {
                    dims[outer - 1] *= dim;
                } else {
                    dims[outer] = dim;
                    strides[outer++] = stride;
                }
            }
            if (outer == 0 && inner > 1 << 16 && innerStride == 1) {
                split();
            }
        }

        /** Cuts one long run into rows, so that threads can share it. */
        private void split() {
            int piece = 1 << 14;
            while (inner % piece != 0) {
                piece >>= 1;
            }
            if (piece >= 256) {
                dims[0] = inner / piece;
                strides[0] = piece;
                outer = 1;
                inner = piece;
            }
        }

        @Override
        public void rows(int from, int to, Scratch scratch) {
            long step = innerStride * unit;
            long rowBytes = (long) inner * unit;
            for (int row = from; row < to; row++) {
                long at = source;
                int rest = row;
                for (int axis = 0; axis < outer; axis++) {
                    at += rest % dims[axis] * strides[axis] * unit;
                    rest /= dims[axis];
                }
                long put = target + row * rowBytes;
                if (step == unit) {
                    Memory.copy(at, put, rowBytes);
                } else if (unit == 4) {
                    copyInts(at, step, put, inner);
                } else {
                    copyUnits(at, step, put, inner, unit);
                }
            }
        }

        private static void copyInts(long at, long step, long put, int count) {
            for (int i = 0; i < count; i++) {
                Memory.i32(put + 4L * i, Memory.i32(at + i * step));
            }
        }

        private static void copyUnits(long at, long step, long put, int count, int unit) {
            for (int i = 0; i < count; i++) {
                for (int b = 0; b < unit; b++) {
                    Memory.u8(put + (long) i * unit + b, Memory.u8(at + i * step + b));
                }
            }
        }
    }
}
