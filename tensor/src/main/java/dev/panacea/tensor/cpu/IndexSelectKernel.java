package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.IndexRange;
import dev.panacea.tensor.op.IndexSelect;

/** Copies whole rows: everything behind the selected axis lies densely together. */
final class IndexSelectKernel implements Kernel<IndexSelect> {
    private static final ThreadLocal<Rows> TASK = ThreadLocal.withInitial(Rows::new);

    @Override
    public boolean accepts(IndexSelect op, Tensor[] inputs) {
        int axis = inputs[0].shape().axis("indexSelect", op.axis());
        return inputs[0].shape().product(0, axis) * inputs[1].size() <= Integer.MAX_VALUE;
    }

    @Override
    public void run(IndexSelect op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        IndexRange.check(op, inputs[1], x.shape(), op.axis());
        int axis = x.shape().axis("indexSelect", op.axis());
        Rows task = TASK.get();
        task.bytes = x.shape().product(axis + 1, x.shape().rank()) * x.type().byteSize();
        task.dim = x.dim(axis);
        task.count = (int) inputs[1].size();
        task.source = x.address();
        task.index = inputs[1].address();
        task.target = outputs[0].address();
        int rows = (int) (x.shape().product(0, axis) * task.count);
        ParallelRows.run(task, rows, ParallelRows.grain(task.bytes, 1 << 15));
    }

    private static final class Rows extends RowTask {
        private long bytes;
        private int dim;
        private int count;
        private long source;
        private long index;
        private long target;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            long outer = from / count;
            int i = from % count;
            for (int row = from; row < to; row++) {
                long at = source + (outer * dim + Memory.i32(index + 4L * i)) * bytes;
                long put = target + row * bytes;
                if (bytes == 4) {
                    Memory.i32(put, Memory.i32(at));
                } else {
                    Memory.copy(at, put, bytes);
                }
                if (++i == count) {
                    i = 0;
                    outer++;
                }
            }
        }
    }
}
