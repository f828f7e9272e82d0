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
import dev.panacea.tensor.op.BatchNorm2d;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Batch normalisation, a channel at a time: its moments over the planes of all images where they are not given. */
final class BatchNorm2dKernel implements Kernel<BatchNorm2d> {
    private static final ThreadLocal<Channels> TASK = ThreadLocal.withInitial(Channels::new);

    @Override
    public void run(BatchNorm2d op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        Channels task = TASK.get();
        task.images = x.dim(0);
        task.channels = x.dim(1);
        task.plane = (long) x.dim(2) * x.dim(3);
        task.epsilon = op.epsilon();
        task.training = inputs.length == 3;
        task.x = x.address();
        task.gamma = inputs[1].address();
        task.beta = inputs[2].address();
        task.mean = task.training ? outputs[1].address() : inputs[3].address();
        task.variance = task.training ? outputs[2].address() : inputs[4].address();
        task.y = outputs[0].address();
        ParallelRows.run(task, task.channels, ParallelRows.grain(task.images * (task.plane + 16), 1 << 14));
    }

    private static final class Channels extends RowTask {
        private int images;
        private int channels;
        private long plane;
        private double epsilon;
        private boolean training;
        private long x;
        private long gamma;
        private long beta;
        private long mean;
        private long variance;
        private long y;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            for (int channel = from; channel < to; channel++) {
                if (training) {
                    moments(channel);
                }
                float m = Memory.f32(mean + 4L * channel);
                double rstd = 1 / Math.sqrt(Memory.f32(variance + 4L * channel) + epsilon);
                float scale = (float) (Memory.f32(gamma + 4L * channel) * rstd);
                float shift = Memory.f32(beta + 4L * channel);
                for (int image = 0; image < images; image++) {
                    long offset = offset(image, channel);
                    for (long i = 0; i < plane; i += RowSums.BLOCK) {
                        long at = offset + 4 * i;
                        normalise(x + at, m, scale, shift, y + at, (int) Math.min(RowSums.BLOCK, plane - i));
                    }
                }
            }
        }

        private long offset(int image, int channel) {
            return 4 * ((long) image * channels + channel) * plane;
        }

        private void moments(int channel) {
            double sum = 0;
            for (int image = 0; image < images; image++) {
                sum += RowSums.sum(x + offset(image, channel), plane);
            }
            float m = (float) (sum / (images * plane));
            double squares = 0;
            for (int image = 0; image < images; image++) {
                squares += RowSums.squares(x + offset(image, channel), m, plane);
            }
            Memory.f32(mean + 4L * channel, m);
            Memory.f32(variance + 4L * channel, (float) (squares / (images * plane)));
        }

        private static void normalise(long x, float mean, float scale, float shift, long y, int count) {
            FloatVector factor = broadcast(FLOATS, scale);
            FloatVector add = broadcast(FLOATS, shift);
            int i = 0;
            for (; i <= count - LANES; i += LANES) {
                fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(mean).fma(factor, add)
                        .intoMemorySegment(ALL, y + 4L * i, ORDER);
            }
            if (i < count) {
                VectorMask<Float> mask = FLOATS.indexInRange(0, count - i);
                fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER, mask).sub(mean).fma(factor, add)
                        .intoMemorySegment(ALL, y + 4L * i, ORDER, mask);
            }
        }
    }
}
