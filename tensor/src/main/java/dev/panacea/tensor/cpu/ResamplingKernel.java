package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Resampling;
import dev.panacea.tensor.op.ResamplingBackward;
import dev.panacea.tensor.op.Taps;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Average pooling, resizing and their gradients: every plane goes through a map along its rows' index, vectorised over
 * columns, and a scalar one along its columns' index. The scalar one runs where there are fewer rows: before the other
 * when the image grows, after it when the image shrinks.
 */
final class ResamplingKernel implements Kernel<Op> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final int BETWEEN = 0; // scratch memory: the image between the two maps
    private static final ThreadLocal<Planes> TASK = ThreadLocal.withInitial(Planes::new);

    @Override
    public void run(Op op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        Tensor y = outputs[0];
        if (y.size() == 0) {
            return;
        }
        Planes task = TASK.get();
        task.plan = task.plan(op, x, y);
        task.x = x.address();
        task.y = y.address();
        ParallelRows.run(task, x.dim(0) * x.dim(1), ParallelRows.grain(task.plan.work(), 1 << 14));
    }

    /** The taps of one axis in float. */
    private static final class Axis {
        private final int inputs;
        private final int outputs;
        private final int[] first;
        private final int[] offset;
        private final float[] weights;

        Axis(Taps taps) {
            inputs = taps.inputs();
            outputs = taps.outputs();
            first = taps.first();
            offset = taps.offset();
            weights = new float[taps.weights().length];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) taps.weights()[i];
            }
        }
    }

    /** Both maps of one op for one size of image. */
    private record Plan(Op op, int height, int width, Axis rows, Axis columns) {
        static Plan of(Op op, Tensor x, Tensor y) {
            if (op instanceof ResamplingBackward back) {
                Resampling forward = back.resampling();
                return new Plan(op, x.dim(2), x.dim(3), new Axis(forward.taps(2, y.dim(2)).transposed()),
                        new Axis(forward.taps(3, y.dim(3)).transposed()));
            }
            Resampling forward = (Resampling) op;
            return new Plan(op, x.dim(2), x.dim(3), new Axis(forward.taps(2, x.dim(2))),
                    new Axis(forward.taps(3, x.dim(3))));
        }

        boolean serves(Op other, Tensor x) {
            return height == x.dim(2) && width == x.dim(3) && op.equals(other);
        }

        /** Elements read and written for one plane. */
        long work() {
            return (long) rows.inputs * columns.inputs + (long) rows.outputs * columns.outputs;
        }
    }

    private static final class Planes extends RowTask {
        private final Plan[] plans = new Plan[16]; // the last few, oldest overwritten first
        private int next;
        private Plan plan;
        private long x;
        private long y;

        Plan plan(Op op, Tensor from, Tensor to) {
            for (Plan known : plans) {
                if (known != null && known.serves(op, from)) {
                    return known;
                }
            }
            Plan made = Plan.of(op, from, to);
            plans[next] = made;
            next = (next + 1) % plans.length;
            return made;
        }

        @Override
        public void rows(int from, int to, Scratch scratch) {
            Axis rows = plan.rows;
            Axis columns = plan.columns;
            boolean grows = rows.inputs < rows.outputs;
            long between = scratch.memory(BETWEEN, 4 * (grows ? (long) rows.inputs * columns.outputs : columns.inputs));
            long rowBytes = 4L * columns.inputs;
            long outBytes = 4L * columns.outputs;
            for (int plane = from; plane < to; plane++) {
                long source = x + plane * rowBytes * rows.inputs;
                long target = y + plane * outBytes * rows.outputs;
                if (grows) {
                    for (int i = 0; i < rows.inputs; i++) {
                        along(columns, source + i * rowBytes, between + i * outBytes);
                    }
                    for (int i = 0; i < rows.outputs; i++) {
                        across(rows, i, between, columns.outputs, target + i * outBytes);
                    }
                } else {
                    for (int i = 0; i < rows.outputs; i++) {
                        across(rows, i, source, columns.inputs, between);
                        along(columns, between, target + i * outBytes);
                    }
                }
            }
        }
    }

    /** One output row: a weighted sum of rows of {@code width} elements that lie below each other from {@code x} on. */
    private static void across(Axis rows, int i, long x, int width, long y) {
        int weight = rows.offset[i];
        int end = rows.offset[i + 1];
        long stride = 4L * width;
        long first = x + rows.first[i] * stride;
        int j = 0;
        for (; j <= width - LANES; j += LANES) {
            FloatVector sum = FloatVector.zero(S);
            long at = first + 4L * j;
            for (int t = weight; t < end; t++, at += stride) {
                sum = FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER)
                        .fma(FloatVector.broadcast(S, rows.weights[t]), sum);
            }
            sum.intoMemorySegment(Memory.ALL, y + 4L * j, Memory.ORDER);
        }
        if (j < width) {
            VectorMask<Float> mask = S.indexInRange(j, width);
            FloatVector sum = FloatVector.zero(S);
            long at = first + 4L * j;
            for (int t = weight; t < end; t++, at += stride) {
                sum = FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER, mask)
                        .fma(FloatVector.broadcast(S, rows.weights[t]), sum);
            }
            sum.intoMemorySegment(Memory.ALL, y + 4L * j, Memory.ORDER, mask);
        }
    }

    /** Every element of one output row from one input row. */
    private static void along(Axis columns, long x, long y) {
        int[] first = columns.first;
        int[] offset = columns.offset;
        float[] weights = columns.weights;
        for (int i = 0; i < columns.outputs; i++) {
            int from = offset[i];
            int to = offset[i + 1];
            long at = x + 4L * first[i];
            float sum = 0;
            if (to - from == 2) { // the common case of interpolation, without a loop
                sum = Math.fma(weights[from + 1], Memory.f32(at + 4), weights[from] * Memory.f32(at));
            } else {
                for (int t = from; t < to; t++, at += 4) {
                    sum = Math.fma(weights[t], Memory.f32(at), sum);
                }
            }
            Memory.f32(y + 4L * i, sum);
        }
    }
}
