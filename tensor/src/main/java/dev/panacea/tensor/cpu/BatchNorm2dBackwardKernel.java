package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.BatchNorm2dBackward;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Gradients of batch normalisation, a channel at a time: two sums over its planes, then one pass. */
final class BatchNorm2dBackwardKernel implements Kernel<BatchNorm2dBackward> {
    private static final ThreadLocal<Channels> TASK = ThreadLocal.withInitial(Channels::new);

    @Override
    public void run(BatchNorm2dBackward op, Tensor[] inputs, Tensor[] outputs) {
        Tensor g = inputs[0];
        Channels task = TASK.get();
        task.images = g.dim(0);
        task.channels = g.dim(1);
        task.plane = (long) g.dim(2) * g.dim(3);
        task.epsilon = op.epsilon();
        task.training = op.training();
        task.g = g.address();
        task.x = inputs[1].address();
        task.gamma = inputs[2].address();
        task.mean = inputs[3].address();
        task.variance = inputs[4].address();
        task.dx = outputs[0].address();
        task.dgamma = outputs[1].address();
        task.dbeta = outputs[2].address();
        task.dmean = op.training() ? 0 : outputs[3].address();
        task.dvariance = op.training() ? 0 : outputs[4].address();
        ParallelRows.run(task, task.channels, ParallelRows.grain(task.images * (task.plane + 16), 1 << 14));
    }

    private static final class Channels extends RowTask {
        private int images;
        private int channels;
        private long plane;
        private double epsilon;
        private boolean training;
        private long g;
        private long x;
        private long gamma;
        private long mean;
        private long variance;
        private long dx;
        private long dgamma;
        private long dbeta;
        private long dmean;
        private long dvariance;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            for (int channel = from; channel < to; channel++) {
                channel(channel);
            }
        }

        /** Training: dx = scale·g + along·(x - mean) + shift, with the sums' part in along and shift. */
        private void channel(int channel) {
            float m = Memory.f32(mean + 4L * channel);
            double rstd = 1 / Math.sqrt(Memory.f32(variance + 4L * channel) + epsilon);
            double scale = Memory.f32(gamma + 4L * channel) * rstd;
            double sum = 0;
            double dot = 0;
            for (int image = 0; image < images; image++) {
                long offset = offset(image, channel);
                sum += RowSums.sum(g + offset, plane);
                dot += RowSums.dot(g + offset, x + offset, m, plane);
            }
            dot *= rstd;
            Memory.f32(dgamma + 4L * channel, (float) dot);
            Memory.f32(dbeta + 4L * channel, (float) sum);
            double shared = training ? -scale / (images * plane) : 0;
            float along = (float) (shared * dot * rstd);
            float shift = (float) (shared * sum);
            if (!training) {
                Memory.f32(dmean + 4L * channel, (float) (-scale * sum));
                Memory.f32(dvariance + 4L * channel, (float) (-0.5 * scale * rstd * dot));
            }
            for (int image = 0; image < images; image++) {
                long offset = offset(image, channel);
                for (long i = 0; i < plane; i += RowSums.BLOCK) {
                    long at = offset + 4 * i;
                    int count = (int) Math.min(RowSums.BLOCK, plane - i);
                    gradient(g + at, x + at, m, (float) scale, along, shift, dx + at, count);
                }
            }
        }

        private long offset(int image, int channel) {
            return 4 * ((long) image * channels + channel) * plane;
        }

        private static void gradient(long g, long x, float mean, float scale, float along, float shift, long dx,
                int count) {
            FloatVector factor = broadcast(FLOATS, scale);
            FloatVector slope = broadcast(FLOATS, along);
            FloatVector add = broadcast(FLOATS, shift);
            int i = 0;
            for (; i <= count - LANES; i += LANES) {
                FloatVector through = fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(mean).fma(slope, add);
                fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER).fma(factor, through)
                        .intoMemorySegment(ALL, dx + 4L * i, ORDER);
            }
            if (i < count) {
                VectorMask<Float> mask = FLOATS.indexInRange(0, count - i);
                FloatVector through = fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER, mask).sub(mean).fma(slope, add);
                fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER, mask).fma(factor, through)
                        .intoMemorySegment(ALL, dx + 4L * i, ORDER, mask);
            }
        }
    }
}
