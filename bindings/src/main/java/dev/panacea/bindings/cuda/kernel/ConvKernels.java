package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.Scratch;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Add;
import dev.panacea.tensor.op.Conv2d;
import dev.panacea.tensor.op.Conv2dBackwardInput;
import dev.panacea.tensor.op.Conv2dBackwardWeight;
import dev.panacea.tensor.op.Op;
import java.util.function.BiConsumer;

/**
 * Convolutions as matrix products: what each window sees becomes a row. Images are taken a few at a time, so that the
 * rows fit; windows of one pixel are products as they are, and depthwise convolutions have kernels of their own.
 */
final class ConvKernels {
    private static final KernelSource CONV = Texts.of("conv.cu");
    private static final KernelFunction WINDOWS = CONV.function("windows");
    private static final KernelFunction WINDOWS_BACKWARD = CONV.function("windows_backward");
    private static final KernelFunction DEPTHWISE = CONV.function("depthwise");
    private static final KernelFunction DEPTHWISE_INPUT = CONV.function("depthwise_input");
    private static final KernelFunction DEPTHWISE_WEIGHT = CONV.function("depthwise_weight");
    private static final ElementwiseKernel<Add> ADD = ElementwiseKernel.of(2, "a + b");
    private static final int THREADS = 256;
    private static final long ROWS_BYTES = 1L << 30; // rows that are held at a time

    private ConvKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        Kernel<Conv2d> forward = ConvKernels::forward;
        put.accept(Conv2d.class, forward);
        Kernel<Conv2dBackwardInput> backwardInput = ConvKernels::backwardInput;
        put.accept(Conv2dBackwardInput.class, backwardInput);
        Kernel<Conv2dBackwardWeight> backwardWeight = ConvKernels::backwardWeight;
        put.accept(Conv2dBackwardWeight.class, backwardWeight);
    }

    /** The sizes of a convolution: x [B, C, H, W], weight [O, C / groups, KH, KW], y [B, O, rows, columns]. */
    private record Sizes(Conv2d conv, Shape x, Shape weight, Shape y) {
        int images() {
            return x.dim(0);
        }

        /** Input channels of a group. */
        int channels() {
            return weight.dim(1);
        }

        /** Output channels of a group. */
        int outputs() {
            return weight.dim(0) / conv.groups();
        }

        /** Windows of an image. */
        int windows() {
            return y.dim(2) * y.dim(3);
        }

        /** Elements of a window. */
        int seen() {
            return Math.toIntExact(weight.product(1, 4));
        }

        /** Whether windows are single pixels, each in its place. */
        boolean pixels() {
            return weight.dim(2) == 1 && weight.dim(3) == 1 && conv.stride() == 1 && conv.padding() == 0;
        }

        boolean depthwise() {
            return conv.groups() > 1 && weight.dim(1) == 1;
        }

        /** How many images at a time. */
        int each() {
            return (int) Math.clamp(ROWS_BYTES / ((long) windows() * seen() * Float.BYTES), 1, Math.max(1, images()));
        }

        long xStride() {
            return x.product(1, 4);
        }

        long yStride() {
            return y.product(1, 4);
        }

        Part part(int first, int group) {
            return new Part(first, Math.min(each(), images() - first), group);
        }

        /** Where a part of y begins. */
        long yBytes(Part part) {
            return bytes(part.first * yStride() + (long) part.group * outputs() * windows());
        }

        /** Where a group's weights begin. */
        long weightBytes(int group) {
            return bytes((long) group * outputs() * seen());
        }

        /** The struct Convolution, for the channels of a group, or for all. */
        byte[] struct(int channels) {
            return new Struct(40).i32(channels, x.dim(2), x.dim(3), weight.dim(2), weight.dim(3), y.dim(2), y.dim(3),
                    conv.stride(), conv.padding(), conv.dilation()).bytes();
        }
    }

    /** What is computed at a time: some images, and one group of channels. */
    private record Part(int first, int images, int group) {}

    private static long bytes(long elements) {
        return elements * Float.BYTES;
    }

    private static void forward(Conv2d op, Tensor[] in, Tensor[] out) {
        CudaBackend cuda = CudaBackend.of(out[0]);
        Sizes s = new Sizes(op, in[0].shape(), in[1].shape(), out[0].shape());
        if (s.depthwise()) {
            cuda.launch(DEPTHWISE).over(out[0].size()).pointer(out[0]).pointer(in[0]).pointer(in[1])
                    .pointer(in.length == 3 ? in[2].address() : 0).i64(out[0].size()).struct(s.struct(s.x().dim(1)))
                    .i32(s.outputs()).run();
            return;
        }
        try (Scratch rows = scratch(cuda, s)) {
            for (int first = 0; first < s.images(); first += s.each()) {
                for (int group = 0; group < op.groups(); group++) {
                    Part part = s.part(first, group);
                    Operand b = operand(cuda, s, in[0], rows, part);
                    cuda.blas().product(ElementType.F32, s.outputs(), s.windows(), s.seen())
                            .a(in[1].address() + s.weightBytes(group), s.seen(), 1)
                            .b(b.address, b.element, b.window)
                            .c(out[0].address() + s.yBytes(part), s.windows())
                            .batch(part.images, 0, b.image, s.yStride()).run();
                }
            }
        }
        if (in.length == 3) {
            Tensor bias = in[2].reshape(s.y().dim(1), 1, 1);
            ADD.run(new Tensor[] {out[0], bias}, out[0], 0, 0);
        }
    }

    /** What windows see: an address, and steps from element to element, window to window, image to image. */
    private record Operand(long address, long element, long window, long image) {}

    private static Scratch scratch(CudaBackend cuda, Sizes s) {
        return cuda.scratch(bytes((long) s.each() * s.windows() * s.seen()));
    }

    /** The windows of a part: x itself where they are pixels. */
    private static Operand operand(CudaBackend cuda, Sizes s, Tensor x, Scratch rows, Part part) {
        if (s.pixels()) {
            long first = part.first * s.xStride() + (long) part.group * s.channels() * s.windows();
            return new Operand(x.address() + bytes(first), s.windows(), 1, s.xStride());
        }
        rows(cuda, s, x, rows, part);
        return new Operand(rows.address(), 1, s.seen(), (long) s.windows() * s.seen());
    }

    private static void rows(CudaBackend cuda, Sizes s, Tensor x, Scratch rows, Part part) {
        long count = (long) part.images * s.windows() * s.seen();
        cuda.launch(WINDOWS).over(count).pointer(rows.address())
                .pointer(x.address() + bytes(part.first * s.xStride())).i64(count).struct(s.struct(s.channels()))
                .i32(part.group * s.channels()).i32(s.x().dim(1)).run();
    }

    private static void backwardInput(Conv2dBackwardInput op, Tensor[] in, Tensor[] out) {
        CudaBackend cuda = CudaBackend.of(out[0]);
        Sizes s = new Sizes(op.conv(), op.input(), in[1].shape(), in[0].shape());
        if (s.depthwise()) {
            cuda.launch(DEPTHWISE_INPUT).over(out[0].size()).pointer(out[0]).pointer(in[0]).pointer(in[1])
                    .i64(out[0].size()).struct(s.struct(s.x().dim(1))).i32(s.outputs()).run();
            return;
        }
        try (Scratch rows = scratch(cuda, s)) {
            for (int first = 0; first < s.images(); first += s.each()) {
                for (int group = 0; group < op.conv().groups(); group++) {
                    backwardInput(s, in, out[0], s.part(first, group), rows);
                }
            }
        }
    }

    private static void backwardInput(Sizes s, Tensor[] in, Tensor dx, Part part, Scratch rows) {
        CudaBackend cuda = CudaBackend.of(dx);
        long g = in[0].address() + s.yBytes(part);
        long w = in[1].address() + s.weightBytes(part.group);
        long target = dx.address() + bytes(part.first * s.xStride());
        if (s.pixels()) {
            cuda.blas().product(ElementType.F32, s.channels(), s.windows(), s.outputs())
                    .a(w, 1, s.seen()).b(g, s.windows(), 1)
                    .c(target + bytes((long) part.group * s.channels() * s.windows()), s.windows())
                    .batch(part.images, 0, s.yStride(), s.xStride()).run();
            return;
        }
        cuda.blas().product(ElementType.F32, s.windows(), s.seen(), s.outputs())
                .a(g, 1, s.windows()).b(w, s.seen(), 1).c(rows.address(), s.seen())
                .batch(part.images, s.yStride(), 0, (long) s.windows() * s.seen()).run();
        long count = (long) part.images * s.channels() * s.x().dim(2) * s.x().dim(3);
        cuda.launch(WINDOWS_BACKWARD).over(count).pointer(target).pointer(rows.address()).i64(count)
                .struct(s.struct(s.channels())).i32(part.group * s.channels()).i32(s.x().dim(1)).run();
    }

    private static void backwardWeight(Conv2dBackwardWeight op, Tensor[] in, Tensor[] out) {
        CudaBackend cuda = CudaBackend.of(out[0]);
        Sizes s = new Sizes(op.conv(), in[1].shape(), op.weight(), in[0].shape());
        if (s.depthwise()) {
            cuda.launch(DEPTHWISE_WEIGHT).grid(out[0].size()).block(THREADS).pointer(out[0]).pointer(in[0])
                    .pointer(in[1]).i32(s.images()).struct(s.struct(s.x().dim(1))).i32(s.outputs()).run();
            return;
        }
        int parts = Math.max(1, (s.images() + s.each() - 1) / s.each());
        try (MemoryScope _ = MemoryScope.open("conv2dBackwardWeight"); Scratch rows = scratch(cuda, s);
                Scratch sums = cuda.scratch(parts == 1 ? 1 : bytes(parts * out[0].size()))) {
            for (int part = 0; part < parts; part++) {
                long target = parts == 1 ? out[0].address() : sums.address() + bytes(part * out[0].size());
                backwardWeight(s, in, part * s.each(), rows, target);
            }
            if (parts > 1) {
                Shape all = Shape.of(parts, Math.toIntExact(out[0].size()));
                Reduction.SUM.run(cuda, sums.address(), Layout.contiguous(all), new boolean[] {true, false},
                        out[0].address(), 1);
            }
        }
    }

    /** The gradient from some of the images, in one product over all their windows. */
    private static void backwardWeight(Sizes s, Tensor[] in, int first, Scratch rows, long target) {
        CudaBackend cuda = CudaBackend.of(in[0]);
        int images = s.part(first, 0).images;
        Tensor g = in[0].slice(0, first, first + images).transpose(0, 1).contiguous(); // [O, B, rows, columns]
        int windows = images * s.windows();
        for (int group = 0; group < s.conv().groups(); group++) {
            rows(cuda, s, in[1], rows, s.part(first, group));
            cuda.blas().product(ElementType.F32, s.outputs(), s.seen(), windows)
                    .a(g.address() + bytes((long) group * s.outputs() * windows), windows, 1)
                    .b(rows.address(), s.seen(), 1).c(target + s.weightBytes(group), s.seen()).run();
        }
    }
}
