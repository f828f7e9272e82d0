package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.GradientNorm;
import jdk.incubator.vector.FloatVector;

/**
 * Squares are summed in vectors over a chunk, and the chunks' sums as doubles in order, so that the norm of a hundred
 * million elements is as accurate as that of a few.
 */
final class GradientNormKernel implements Kernel<GradientNorm> {
    private static final ThreadLocal<Squares> TASK = ThreadLocal.withInitial(Squares::new);

    @Override
    public void run(GradientNorm op, Tensor[] inputs, Tensor[] outputs) {
        Squares task = TASK.get();
        task.sum(inputs);
        double sum = 0;
        int chunk = 0;
        for (int tensor = 0; tensor < inputs.length; tensor++) {
            for (; chunk < task.end(tensor); chunk++) {
                sum += task.sums[chunk];
            }
            if (op.each()) {
                write(op, Math.sqrt(sum), outputs, 4L * tensor);
                sum = 0;
            }
        }
        if (!op.each()) {
            write(op, Math.sqrt(sum), outputs, 0);
        }
    }

    private static void write(GradientNorm op, double norm, Tensor[] outputs, long at) {
        Memory.f32(outputs[0].address() + at, (float) norm);
        Memory.f32(outputs[1].address() + at, (float) op.scale(norm));
    }

    private static final class Squares extends ListTask {
        private long[] at = new long[64];
        private double[] sums = new double[64]; // of each chunk

        void sum(Tensor[] inputs) {
            if (at.length < inputs.length) {
                at = new long[inputs.length];
            }
            begin();
            for (int tensor = 0; tensor < inputs.length; tensor++) {
                at[tensor] = inputs[tensor].address();
                add(inputs[tensor].size());
            }
            if (sums.length < chunks()) {
                sums = new double[chunks()];
            }
            run();
        }

        @Override
        void chunk(int chunk, int tensor, long first, int count, long edge) {
            long from = at[tensor] + 4 * first;
            int tail = count % LANES;
            double sum = squares(from, count - tail);
            if (tail > 0) {
                Memory.zero(edge, 64);
                Memory.copy(from + 4L * (count - tail), edge, 4L * tail);
                sum += squares(edge, LANES);
            }
            sums[chunk] = sum;
        }

        /** Four sums side by side, so that an addition need not wait for the one before. */
        private static double squares(long from, int count) {
            FloatVector s0 = FloatVector.zero(FLOATS);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            long at = from;
            long end = from + 4L * count;
            for (; at + 16 * LANES <= end; at += 16 * LANES) {
                FloatVector a = fromMemorySegment(FLOATS, ALL, at, ORDER);
                FloatVector b = fromMemorySegment(FLOATS, ALL, at + 4 * LANES, ORDER);
                FloatVector c = fromMemorySegment(FLOATS, ALL, at + 8 * LANES, ORDER);
                FloatVector d = fromMemorySegment(FLOATS, ALL, at + 12 * LANES, ORDER);
                s0 = a.fma(a, s0);
                s1 = b.fma(b, s1);
                s2 = c.fma(c, s2);
                s3 = d.fma(d, s3);
            }
            for (; at < end; at += 4 * LANES) {
                FloatVector a = fromMemorySegment(FLOATS, ALL, at, ORDER);
                s0 = a.fma(a, s0);
            }
            return VectorMath.sum(s0.add(s1).add(s2.add(s3)));
        }
    }
}
