package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Conv2dBackwardWeight;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Gradient of a convolution by its weight: the gradient times the transposed matrix of windows, summed over images. One
 * task owns a block of channels and goes through images and windows in order. Where there are few such blocks, images
 * and windows are cut into slices as well, whose sums are added at the end, in order; the cut depends on sizes alone.
 */
final class Conv2dBackwardWeightKernel implements Kernel<Conv2dBackwardWeight> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final int PARTS = 1;               // scratch memory: the sums of all slices
    private static final int TASKS = 8;               // fewer blocks of channels than this are cut into slices
    private static final long MOST_PARTS = 1 << 22;   // elements of all slices' sums
    private static final int CHUNK = 1 << 12;
    private static final ThreadLocal<Blocks> TASK = ThreadLocal.withInitial(Blocks::new);
    private static final ThreadLocal<Total> TOTAL = ThreadLocal.withInitial(Total::new);

    @Override
    public void run(Conv2dBackwardWeight op, Tensor[] inputs, Tensor[] outputs) {
        long size = outputs[0].size();
        if (size == 0) {
            return;
        }
        Blocks task = TASK.get();
        ConvWindows windows = task.windows;
        windows.set(op.conv(), inputs[1].shape(), outputs[0].shape(), inputs[0].shape());
        int blocks = windows.groups * windows.channelBlocks;
        task.units = windows.batch * windows.windowBlocks;
        if (task.units == 0) {
            Memory.zero(outputs[0].address(), 4 * size);
            return;
        }
        if (DepthwiseTask.fits(windows)) {
            DepthwiseTask.byWeight(windows, inputs[0].address(), inputs[1].address(), outputs[0].address());
            return;
        }
        task.slices = (int) Math.clamp(Math.min(TASKS / blocks, MOST_PARTS / size), 1, task.units);
        task.size = size;
        task.gradient = inputs[0].address();
        task.x = inputs[1].address();
        task.sums = task.slices == 1 ? outputs[0].address()
                : Scratch.ofThread().memory(PARTS, 4 * size * task.slices);
        ParallelRows.run(task, task.slices * blocks, 1);
        if (task.slices > 1) {
            Total total = TOTAL.get();
            total.parts = task.sums;
            total.slices = task.slices;
            total.size = size;
            total.target = outputs[0].address();
            ParallelRows.run(total, (int) ((size + CHUNK - 1) / CHUNK), 4);
        }
    }

    private static final class Blocks extends RowTask {
        private final ConvWindows windows = new ConvWindows();
        private int units;
        private int slices;
        private long size;
        private long gradient;
        private long x;
        private long sums;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            long block = scratch.memory(ConvWindows.BLOCK, 4 * windows.blockSize());
            for (int row = from; row < to; row++) {
                int slice = row % slices;
                int at = row / slices;
                compute(slice, at / windows.channelBlocks, at % windows.channelBlocks, block);
            }
        }

        /** One slice's sum for one block of channels of one group. */
        private void compute(int slice, int group, int channelBlock, long block) {
            ConvWindows s = windows;
            int low = s.channel(channelBlock);
            int high = s.channel(channelBlock + 1);
            int width = (high - low) * s.kernel;
            long target = sums + 4 * (slice * size + (long) group * s.filters * s.depth + (long) low * s.kernel);
            int begin = (int) ((long) slice * units / slices);
            int end = (int) ((slice + 1L) * units / slices);
            for (int unit = begin; unit < end; unit++) {
                int part = unit / s.windowBlocks * s.groups + group;
                int first = s.window(unit % s.windowBlocks);
                int last = s.window(unit % s.windowBlocks + 1);
                int count = last - first;
                long image = x + 4 * ((long) part * s.channels + low) * s.plane;
                long source = gradient + 4 * ((long) part * s.filters * s.windows + first);
                long matrix = image + 4L * first;
                long stride = s.windows;
                if (!s.isPointwise()) {
                    s.gather(image, low, high, first, last, block);
                    matrix = block;
                    stride = count;
                }
                ConvWindows.multiply(s.filters, width, count, source, s.windows, 1, matrix, 1, stride, target, s.depth,
                        unit > begin);
            }
        }
    }

    /** Adds the slices' sums, the first to the last. */
    private static final class Total extends RowTask {
        private long parts;
        private int slices;
        private long size;
        private long target;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            add(parts, slices, 4 * size, target, (long) from * CHUNK, Math.min(size, (long) to * CHUNK));
        }

        private static void add(long parts, int slices, long partBytes, long target, long from, long to) {
            for (long i = from; i < to; i += S.length()) {
                VectorMask<Float> mask = S.indexInRange(i, to);
                long at = parts + 4 * i;
                FloatVector sum = FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER, mask);
                for (int slice = 1; slice < slices; slice++) {
                    at += partBytes;
                    sum = sum.add(FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER, mask));
                }
                sum.intoMemorySegment(Memory.ALL, target + 4 * i, Memory.ORDER, mask);
            }
        }
    }
}
