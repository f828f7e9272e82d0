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
 * Average pooling, resizing and their gradients: every plane goes through a map along its rows' index and one along its
 * columns' index. The latter runs where there are fewer rows: before the other when the image grows, after it when the
 * image shrinks.
 */
final class ResamplingKernel implements Kernel<Op> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int LANES = S.length();
    private static final int BETWEEN = 0; // scratch memory: the image between the two maps
    private static final int LAST = 1;    // scratch memory: a plane with room behind it
    private static final int FEW = 8;     // rows between the two maps of an image that shrinks
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
        task.last = x.dim(0) * x.dim(1) - 1;
        ParallelRows.run(task, task.last + 1, ParallelRows.grain(task.plan.work(), 1 << 14));
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
    private record Plan(Op op, int width, int outWidth, Axis rows, ColumnMap columns) {
        static Plan of(Op op, Tensor x, Tensor y) {
            if (op instanceof ResamplingBackward back) {
                Resampling forward = back.resampling();
                return new Plan(op, x.dim(3), y.dim(3), new Axis(forward.taps(2, y.dim(2)).transposed()),
                        new ColumnMap(forward.taps(3, y.dim(3)).transposed()));
            }
            Resampling forward = (Resampling) op;
            return new Plan(op, x.dim(3), y.dim(3), new Axis(forward.taps(2, x.dim(2))),
                    new ColumnMap(forward.taps(3, x.dim(3))));
        }

        boolean serves(Op other, Tensor x) {
            return rows.inputs == x.dim(2) && width == x.dim(3) && op.equals(other);
        }

        /** Elements read and written for one plane. */
        long work() {
            return (long) rows.inputs * width + (long) rows.outputs * outWidth;
        }
    }

    private static final class Planes extends RowTask {
        private final Plan[] plans = new Plan[16]; // the last few, oldest overwritten first
        private int next;
        private Plan plan;
        private long x;
        private long y;
        private int last; // plane

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
            int height = plan.rows.inputs;
            long plane = 4L * height * plan.width;
            long outPlane = 4L * plan.rows.outputs * plan.outWidth;
            for (int i = from; i < to; i++) {
                if (height >= plan.rows.outputs) {
                    shrink(x + i * plane, y + i * outPlane, scratch);
                } else if (i < last) {
                    grow(x + i * plane, y + i * outPlane, scratch);
                } else { // whose last row may not be read beyond
                    long copy = scratch.memory(LAST, plane + 4 * ColumnMap.BEYOND);
                    Memory.copy(x + i * plane, copy, plane);
                    grow(copy, y + i * outPlane, scratch);
                }
            }
        }

        private void grow(long source, long target, Scratch scratch) {
            Axis rows = plan.rows;
            long outBytes = 4L * plan.outWidth;
            long between = scratch.memory(BETWEEN, rows.inputs * outBytes);
            plan.columns.apply(source, 4L * plan.width, between, outBytes, rows.inputs);
            for (int i = 0; i < rows.outputs; i++) {
                across(rows, i, between, plan.outWidth, target + i * outBytes);
            }
        }

        private void shrink(long source, long target, Scratch scratch) {
            Axis rows = plan.rows;
            long bytes = 4L * plan.width;
            long outBytes = 4L * plan.outWidth;
            long between = scratch.memory(BETWEEN, FEW * bytes + 4 * ColumnMap.BEYOND);
            for (int i = 0; i < rows.outputs; i += FEW) {
                int few = Math.min(FEW, rows.outputs - i);
                for (int k = 0; k < few; k++) {
                    across(rows, i + k, source, plan.width, between + k * bytes);
                }
                plan.columns.apply(between, bytes, target + i * outBytes, outBytes, few);
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
        for (; j <= width - 4 * LANES; j += 4 * LANES) {
            FloatVector a = FloatVector.zero(S);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            long at = first + 4L * j;
            for (int t = weight; t < end; t++, at += stride) {
                FloatVector w = FloatVector.broadcast(S, rows.weights[t]);
                a = FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER).fma(w, a);
                b = FloatVector.fromMemorySegment(S, Memory.ALL, at + 4 * LANES, Memory.ORDER).fma(w, b);
                c = FloatVector.fromMemorySegment(S, Memory.ALL, at + 8 * LANES, Memory.ORDER).fma(w, c);
                d = FloatVector.fromMemorySegment(S, Memory.ALL, at + 12 * LANES, Memory.ORDER).fma(w, d);
            }
            a.intoMemorySegment(Memory.ALL, y + 4L * j, Memory.ORDER);
            b.intoMemorySegment(Memory.ALL, y + 4L * (j + LANES), Memory.ORDER);
            c.intoMemorySegment(Memory.ALL, y + 4L * (j + 2 * LANES), Memory.ORDER);
            d.intoMemorySegment(Memory.ALL, y + 4L * (j + 3 * LANES), Memory.ORDER);
        }
        if (j < width) {
            rest(rows, i, x, width, y, j);
        }
    }

    /** The columns from {@code j} on: less than four vectors. */
    private static void rest(Axis rows, int i, long x, int width, long y, int start) {
        int weight = rows.offset[i];
        int end = rows.offset[i + 1];
        long stride = 4L * width;
        long first = x + rows.first[i] * stride;
        int j = start;
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
}
