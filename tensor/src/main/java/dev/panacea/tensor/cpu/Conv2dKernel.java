package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Conv2d;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Convolution as a matrix product: weight [O, depth] times the matrix of windows, one task for each image, group and
 * block of windows. A convolution by single elements multiplies the image as it lies.
 */
final class Conv2dKernel implements Kernel<Conv2d> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final ThreadLocal<Blocks> TASK = ThreadLocal.withInitial(Blocks::new);

    @Override
    public void run(Conv2d op, Tensor[] inputs, Tensor[] outputs) {
        if (outputs[0].size() == 0) {
            return;
        }
        Blocks task = TASK.get();
        ConvWindows windows = task.windows;
        windows.set(op, inputs[0].shape(), inputs[1].shape(), outputs[0].shape());
        task.x = inputs[0].address();
        task.w = inputs[1].address();
        task.bias = inputs.length == 3 ? inputs[2].address() : 0;
        task.y = outputs[0].address();
        if (DepthwiseTask.fits(windows)) {
            DepthwiseTask.forward(windows, task.x, task.w, task.bias, task.y);
            return;
        }
        ParallelRows.run(task, windows.batch * windows.groups * windows.windowBlocks, 1);
    }

    private static final class Blocks extends RowTask {
        private final ConvWindows windows = new ConvWindows();
        private long x;
        private long w;
        private long bias;
        private long y;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            long block = scratch.memory(ConvWindows.BLOCK, 4 * windows.blockSize());
            for (int row = from; row < to; row++) {
                int at = row / windows.windowBlocks;
                compute(at, at % windows.groups, row % windows.windowBlocks, block);
            }
        }

        /** One block of windows of one group of one image; {@code part} counts the groups of all images. */
        private void compute(int part, int group, int windowBlock, long block) {
            ConvWindows s = windows;
            int first = s.window(windowBlock);
            int last = s.window(windowBlock + 1);
            int count = last - first;
            long image = x + 4L * part * s.channels * s.plane;
            long weight = w + 4L * group * s.filters * s.depth;
            long target = y + 4 * ((long) part * s.filters * s.windows + first);
            if (bias != 0) {
                for (int o = 0; o < s.filters; o++) {
                    fill(target + 4L * o * s.windows, count, Memory.f32(bias + 4L * (group * s.filters + o)));
                }
            }
            if (s.isPointwise()) {
                ConvWindows.multiply(s.filters, count, s.depth, weight, s.depth, 1, image + 4L * first, s.windows, 1,
                        target, s.windows, bias != 0);
                return;
            }
            for (int c = 0; c < s.channelBlocks; c++) {
                int low = s.channel(c);
                int high = s.channel(c + 1);
                s.gather(image + 4L * low * s.plane, low, high, first, last, block);
                ConvWindows.multiply(s.filters, count, (high - low) * s.kernel, weight + 4L * low * s.kernel, s.depth,
                        1, block, count, 1, target, s.windows, bias != 0 || c > 0);
            }
        }
    }

    private static void fill(long to, int count, float value) {
        FloatVector v = FloatVector.broadcast(S, value);
        int i = 0;
        for (; i <= count - S.length(); i += S.length()) {
            v.intoMemorySegment(Memory.ALL, to + 4L * i, Memory.ORDER);
        }
        for (; i < count; i++) {
            Memory.f32(to + 4L * i, value);
        }
    }
}
