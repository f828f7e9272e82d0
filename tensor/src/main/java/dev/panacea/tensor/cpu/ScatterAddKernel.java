package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.IndexRange;
import dev.panacea.tensor.op.ScatterAdd;
import java.util.Arrays;

/**
 * F32. Threads share the lanes that run along the scattered axis, strips of neighbours at a time, and never one lane:
 * its entries are added in their order, so the result does not depend on who computes what.
 */
final class ScatterAddKernel implements Kernel<ScatterAdd> {
    private static final ThreadLocal<Lanes> TASK = ThreadLocal.withInitial(Lanes::new);

    @Override
    public boolean accepts(ScatterAdd op, Tensor[] inputs) {
        return Kernel.super.accepts(op, inputs) && inputs[1].size() <= Integer.MAX_VALUE;
    }

    @Override
    public boolean strided(ScatterAdd op, int index) {
        return index == 0;
    }

    @Override
    public void run(ScatterAdd op, Tensor[] inputs, Tensor[] outputs) {
        IndexRange.check(op, inputs[1], inputs[0].shape(), op.axis());
        CopyKernel.copy(inputs[0], outputs[0].address());
        if (inputs[1].size() > 0) {
            TASK.get().run(outputs[0], inputs[0].shape().axis("scatterAdd", op.axis()), inputs[1], inputs[2]);
        }
    }

    private static final class Lanes extends RowTask {
        private static final int STRIP = 256;

        private int[] dims = new int[8]; // all axes but the scattered one and the strips
        private long[] from = new long[8]; // strides of index and source in bytes
        private long[] into = new long[8]; // strides of the result in bytes
        private int axes;
        private int count;
        private long countFrom;
        private long countInto;
        private int inner;
        private int strips;
        private long index;
        private long source;
        private long target;

        void run(Tensor y, int along, Tensor indices, Tensor values) {
            Shape shape = indices.shape();
            if (shape.rank() > dims.length) {
                dims = Arrays.copyOf(dims, shape.rank());
                from = Arrays.copyOf(from, shape.rank());
                into = Arrays.copyOf(into, shape.rank());
            }
            int merged = shape.rank(); // axes from here on are dense on both sides
            inner = 1;
            while (merged > along + 1 && (merged == shape.rank() || shape.dim(merged) == y.dim(merged))) {
                inner *= shape.dim(--merged);
            }
            axes = 0;
            for (int axis = 0; axis < merged; axis++) {
                if (axis != along) {
                    dims[axes] = shape.dim(axis);
                    from[axes] = 4 * indices.layout().strides()[axis];
                    into[axes++] = 4 * y.layout().strides()[axis];
                }
            }
            count = shape.dim(along);
            countFrom = 4 * indices.layout().strides()[along];
            countInto = 4 * y.layout().strides()[along];
            strips = (inner - 1) / STRIP + 1;
            index = indices.address();
            source = values.address();
            target = y.address();
            int rows = (int) (indices.size() / count / inner * strips);
            ParallelRows.run(this, rows, ParallelRows.grain((long) count * Math.min(inner, STRIP), 1 << 13));
        }

        @Override
        public void rows(int first, int end, Scratch scratch) {
            for (int row = first; row < end; row++) {
                int strip = row % strips * STRIP;
                int rest = row / strips;
                long at = 4L * strip;
                long put = target + 4L * strip;
                for (int axis = axes - 1; axis >= 0; axis--) {
                    int i = rest % dims[axis];
                    rest /= dims[axis];
                    at += i * from[axis];
                    put += i * into[axis];
                }
                int width = Math.min(STRIP, inner - strip);
                add(index + at, source + at, countFrom, put, countInto, count, width);
            }
        }

        private static void add(long indices, long values, long step, long put, long putStep, int count, int width) {
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < width; k++) {
                    long at = i * step + 4L * k;
                    long sum = put + 4L * k + Memory.i32(indices + at) * putStep;
                    Memory.f32(sum, Memory.f32(sum) + Memory.f32(values + at));
                }
            }
        }
    }
}
