package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Conv2dBackwardInput;

/**
 * Gradient of a convolution by its input: the transposed weight times the gradient is the gradient of the matrix of
 * windows, whose blocks are added back to the image. One task owns a block of channels of one image and goes through
 * its windows in order, so overlapping windows always add in the same order.
 */
final class Conv2dBackwardInputKernel implements Kernel<Conv2dBackwardInput> {
    private static final ThreadLocal<Blocks> TASK = ThreadLocal.withInitial(Blocks::new);

    @Override
    public void run(Conv2dBackwardInput op, Tensor[] inputs, Tensor[] outputs) {
        if (outputs[0].size() == 0) {
            return;
        }
        Blocks task = TASK.get();
        ConvWindows windows = task.windows;
        windows.set(op.conv(), outputs[0].shape(), inputs[1].shape(), inputs[0].shape());
        task.gradient = inputs[0].address();
        task.w = inputs[1].address();
        task.dx = outputs[0].address();
        if (DepthwiseTask.fitsInput(windows)) {
            DepthwiseTask.byInput(windows, task.gradient, task.w, task.dx);
            return;
        }
        ParallelRows.run(task, windows.batch * windows.groups * windows.channelBlocks, 1);
    }

    private static final class Blocks extends RowTask {
        private final ConvWindows windows = new ConvWindows();
        private long gradient;
        private long w;
        private long dx;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            long block = scratch.memory(ConvWindows.BLOCK, 4 * windows.blockSize());
            for (int row = from; row < to; row++) {
                int at = row / windows.channelBlocks;
                compute(at, at % windows.groups, row % windows.channelBlocks, block);
            }
        }

        /** One block of channels of one group of one image; {@code part} counts the groups of all images. */
        private void compute(int part, int group, int channelBlock, long block) {
            ConvWindows s = windows;
            int low = s.channel(channelBlock);
            int high = s.channel(channelBlock + 1);
            int rows = (high - low) * s.kernel;
            long image = dx + 4 * ((long) part * s.channels + low) * s.plane;
            long weight = w + 4 * ((long) group * s.filters * s.depth + (long) low * s.kernel);
            long source = gradient + 4L * part * s.filters * s.windows;
            boolean pointwise = s.isPointwise();
            if (!pointwise) {
                Memory.zero(image, 4L * (high - low) * s.plane);
            }
            for (int p = 0; p < s.windowBlocks; p++) {
                int first = s.window(p);
                int last = s.window(p + 1);
                int count = last - first;
                long to = pointwise ? image + 4L * first : block;
                ConvWindows.multiply(rows, count, s.filters, weight, 1, s.depth, source + 4L * first, s.windows, 1, to,
                        pointwise ? s.windows : count, false);
                if (!pointwise) {
                    s.scatter(image, low, high, first, last, block);
                }
            }
        }
    }
}
