package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import java.util.Arrays;

/**
 * A convolution whose groups see one channel each, in steps of one, and its two gradients: one task for each plane of
 * the result.
 */
final class DepthwiseTask extends RowTask {
    private static final int PADDED = 0;    // scratch: the plane with zeros around it
    private static final int WINDOW = 1;    // scratch: the weight, or its sums
    private static final int OUTPUT = 2;    // scratch: the output or its gradient, in whole vectors
    private static final int FEW = 2;       // more filters than this for one channel are better off as a matrix product
    private static final long GRAIN = 1 << 17;
    private static final ThreadLocal<DepthwiseTask> OF_THREAD = ThreadLocal.withInitial(DepthwiseTask::new);

    private enum What { FORWARD, BY_INPUT, BY_WEIGHT }

    private final DepthwisePlane plane = new DepthwisePlane();
    private What what;
    private ConvWindows sizes;
    private long x;        // of what is read first: the input, or the gradient
    private long w;        // of what is read second: the weight, or the gradient
    private long bias;
    private long target;

    private DepthwiseTask() {}

    /** Whether this task computes such a convolution and its gradient by the weight. */
    static boolean fits(ConvWindows sizes) {
        return sizes.channels == 1 && sizes.stride == 1 && sizes.filters <= FEW;
    }

    /** Whether this task computes the gradient by the input: a correlation with the window turned round. */
    static boolean fitsInput(ConvWindows sizes) {
        return fits(sizes) && sizes.padding <= (sizes.kernelHeight - 1) * sizes.dilation
                && sizes.padding <= (sizes.kernelWidth - 1) * sizes.dilation;
    }

    static void forward(ConvWindows sizes, long x, long w, long bias, long y) {
        DepthwiseTask task = OF_THREAD.get();
        task.bias = bias;
        task.run(What.FORWARD, sizes, x, w, y, sizes.batch * sizes.groups * sizes.filters);
    }

    static void byInput(ConvWindows sizes, long gradient, long w, long dx) {
        OF_THREAD.get().run(What.BY_INPUT, sizes, gradient, w, dx, sizes.batch * sizes.groups);
    }

    static void byWeight(ConvWindows sizes, long gradient, long x, long dw) {
        OF_THREAD.get().run(What.BY_WEIGHT, sizes, x, gradient, dw, sizes.groups * sizes.filters);
    }

    private void run(What work, ConvWindows of, long first, long second, long result, int rows) {
        what = work;
        sizes = of;
        x = first;
        w = second;
        target = result;
        int height = work == What.BY_INPUT ? of.height : of.rows;
        int width = work == What.BY_INPUT ? of.width : of.columns;
        plane.set(of.kernelHeight, of.kernelWidth, of.dilation, height, width);
        ParallelRows.run(this, rows, ParallelRows.grain((long) height * width * of.kernel, GRAIN));
    }

    @Override
    public void rows(int from, int to, Scratch scratch) {
        float[] padded = scratch.floats(PADDED, plane.paddedSize());
        float[] output = scratch.floats(OUTPUT, plane.outputSize());
        for (int row = from; row < to; row++) {
            switch (what) {
                case FORWARD -> forward(row, padded, scratch.floats(WINDOW, sizes.kernel), output);
                case BY_INPUT -> byInput(row, padded, scratch.floats(WINDOW, sizes.kernel), output);
                case BY_WEIGHT -> byWeight(row, padded, output,
                        scratch.floats(WINDOW, DepthwisePlane.sumsSize(sizes.kernel)));
            }
        }
    }

    private void forward(int row, float[] padded, float[] window, float[] output) {
        int filter = row % (sizes.groups * sizes.filters);
        Arrays.fill(output, 0, plane.outputSize(), bias == 0 ? 0 : Memory.f32(bias + 4L * filter));
        for (int tap = 0; tap < sizes.kernel; tap++) {
            window[tap] = Memory.f32(w + 4L * (filter * sizes.kernel + tap));
        }
        plane.pad(x + 4L * (row / sizes.filters) * sizes.plane, sizes.height, sizes.width, sizes.padding,
                sizes.padding, padded);
        plane.correlate(padded, window, output);
        plane.store(output, target + 4L * row * sizes.windows);
    }

    private void byInput(int row, float[] padded, float[] window, float[] output) {
        int group = row % sizes.groups;
        Arrays.fill(output, 0, plane.outputSize(), 0);
        int above = (sizes.kernelHeight - 1) * sizes.dilation - sizes.padding;
        int before = (sizes.kernelWidth - 1) * sizes.dilation - sizes.padding;
        for (int f = 0; f < sizes.filters; f++) {
            long weight = w + 4L * (group * sizes.filters + f) * sizes.kernel;
            for (int tap = 0; tap < sizes.kernel; tap++) {
                window[tap] = Memory.f32(weight + 4L * (sizes.kernel - 1 - tap));
            }
            plane.pad(x + 4L * (row * sizes.filters + f) * sizes.windows, sizes.rows, sizes.columns, above, before,
                    padded);
            plane.correlate(padded, window, output);
        }
        plane.store(output, target + 4L * row * sizes.plane);
    }

    private void byWeight(int filter, float[] padded, float[] gradient, float[] sums) {
        Arrays.fill(sums, 0, DepthwisePlane.sumsSize(sizes.kernel), 0);
        for (int b = 0; b < sizes.batch; b++) {
            long image = (long) b * sizes.groups + filter / sizes.filters;
            plane.pad(x + 4 * image * sizes.plane, sizes.height, sizes.width, sizes.padding, sizes.padding, padded);
            plane.padGradient(w + 4 * ((long) b * sizes.groups * sizes.filters + filter) * sizes.windows, gradient);
            plane.correlateWeight(padded, gradient, sums);
        }
        for (int tap = 0; tap < sizes.kernel; tap++) {
            Memory.f32(target + 4L * (filter * sizes.kernel + tap), DepthwisePlane.total(sums, tap));
        }
    }
}
