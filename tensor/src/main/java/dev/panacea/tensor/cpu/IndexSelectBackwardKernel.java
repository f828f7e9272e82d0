package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.IndexRange;
import dev.panacea.tensor.op.IndexSelectBackward;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * F32: zeros, then the rows of the gradient added in the order of the index. Threads share outer blocks and strips of
 * columns, never the rows of a column, so the result does not depend on who computes what.
 */
final class IndexSelectBackwardKernel implements Kernel<IndexSelectBackward> {
    private static final ThreadLocal<Strips> TASK = ThreadLocal.withInitial(Strips::new);
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int STRIP = 256; // columns

    @Override
    public boolean accepts(IndexSelectBackward op, Tensor[] inputs) {
        return Kernel.super.accepts(op, inputs) && inputs[0].size() <= Integer.MAX_VALUE;
    }

    @Override
    public void run(IndexSelectBackward op, Tensor[] inputs, Tensor[] outputs) {
        Shape shape = outputs[0].shape();
        IndexRange.check(op, inputs[1], shape, op.axis());
        int axis = shape.axis("indexSelectBackward", op.axis());
        Memory.zero(outputs[0].address(), 4 * shape.size());
        if (inputs[0].size() == 0) {
            return;
        }
        Strips task = TASK.get();
        task.count = inputs[0].dim(axis);
        task.size = op.size();
        task.inner = (int) shape.product(axis + 1, shape.rank());
        task.strips = (task.inner - 1) / STRIP + 1;
        task.source = inputs[0].address();
        task.index = inputs[1].address();
        task.target = outputs[0].address();
        int rows = (int) (shape.product(0, axis) * task.strips);
        long work = (long) task.count * Math.min(task.inner, STRIP);
        ParallelRows.run(task, rows, ParallelRows.grain(work, 1 << 13));
    }

    /** The gradient is [outer, count, inner], the result [outer, size, inner]. */
    private static final class Strips extends RowTask {
        private int count;
        private int size;
        private int inner;
        private int strips;
        private long source;
        private long index;
        private long target;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            for (int row = from; row < to; row++) {
                long block = row / strips;
                int first = row % strips * STRIP;
                add(source + 4 * (block * count * inner + first), index, target + 4 * (block * size * inner + first),
                        4L * inner, count, Math.min(STRIP, inner - first));
            }
        }

        private static void add(long at, long index, long put, long rowBytes, int count, int width) {
            int whole = S.loopBound(width);
            for (int i = 0; i < count; i++) {
                long read = at + i * rowBytes;
                long sum = put + Memory.i32(index + 4L * i) * rowBytes;
                for (int k = 0; k < whole; k += S.length()) {
                    FloatVector x = FloatVector.fromMemorySegment(S, Memory.ALL, read + 4L * k, Memory.ORDER);
                    FloatVector.fromMemorySegment(S, Memory.ALL, sum + 4L * k, Memory.ORDER).add(x)
                            .intoMemorySegment(Memory.ALL, sum + 4L * k, Memory.ORDER);
                }
                for (int k = whole; k < width; k++) {
                    Memory.f32(sum + 4L * k, Memory.f32(sum + 4L * k) + Memory.f32(read + 4L * k));
                }
            }
        }
    }
}
