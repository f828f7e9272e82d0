package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.bindings.cuda.Scratch;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.WindowAttention;
import dev.panacea.tensor.op.WindowAttentionBackward;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Swin's attention inside windows and its gradient, read from the image and written to it. The bias's gradient is
 * summed over a block's windows first, then over blocks.
 */
final class WindowAttentionKernels {
    private static final int BLOCKS = 8192; // of all heads, each with its own sums of the bias's gradient

    private WindowAttentionKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        put.accept(WindowAttention.class, new ForwardKernel());
        put.accept(WindowAttentionBackward.class, new BackwardKernel());
    }

    /** What both kernels derive from the inputs qkv [B, H, W, 3C] and bias. */
    record Windows(WindowAttention op, Shape qkv, Shape bias) {
        boolean table() {
            return bias.rank() == 2;
        }

        int heads() {
            return bias.dim(table() ? 1 : 0);
        }

        int tokens() {
            return op.window() * op.window();
        }

        int depth() {
            return qkv.dim(3) / 3 / heads();
        }

        int images() {
            return qkv.dim(0);
        }

        /** All windows of all images. */
        int count() {
            return images() * (qkv.dim(1) / op.window()) * (qkv.dim(2) / op.window());
        }

        boolean fits() {
            return depth() <= AttentionText.MOST_DEPTH && heads() <= 65535;
        }

        AttentionText text(Tensor... rows) {
            boolean vector = depth() % 4 == 0;
            for (Tensor each : rows) {
                vector &= each.address() % 16 == 0;
            }
            return new AttentionText(op.window(), depth(), vector, table(), shifted());
        }

        boolean shifted() {
            return op.shiftOf(qkv.dim(1)) > 0 || op.shiftOf(qkv.dim(2)) > 0;
        }

        /** Height, width, and how far down and right they are shifted. */
        int[] places() {
            int height = qkv.dim(1);
            int width = qkv.dim(2);
            return new int[] {height, width, op.shiftOf(height), op.shiftOf(width)};
        }

        /** The struct Heads. */
        byte[] struct() {
            return new Struct(192).i32(heads(), tokens(), tokens()).f32(1 / Math.sqrt(depth())).at(176)
                    .i32(places()).bytes();
        }
    }

    private static final class ForwardKernel implements Kernel<WindowAttention> {
        @Override
        public boolean accepts(WindowAttention op, Tensor[] inputs) {
            return Kernel.super.accepts(op, inputs) && new Windows(op, inputs[0].shape(), inputs[1].shape()).fits();
        }

        @Override
        public void run(WindowAttention op, Tensor[] inputs, Tensor[] outputs) {
            Windows windows = new Windows(op, inputs[0].shape(), inputs[1].shape());
            Optional<WindowGraphs> graphs = WindowGraphs.of(windows, inputs[0], outputs[0]);
            if (graphs.isPresent()) {
                graphs.get().forward(inputs, outputs);
                return;
            }
            AttentionText text = windows.text(inputs[0], outputs[0]);
            int tiles = text.tiles(windows.tokens(), AttentionText.MANY);
            CudaBackend.of(outputs[0]).launch(text.function("attention"))
                    .grid((long) windows.count() * tiles, windows.heads(), 1).block(text.threads())
                    .pointer(outputs[0]).pointer(outputs[1]).pointer(inputs[0]).pointer(inputs[1])
                    .struct(windows.struct()).i32(tiles).run();
        }
    }

    private static final class BackwardKernel implements Kernel<WindowAttentionBackward> {
        @Override
        public boolean accepts(WindowAttentionBackward op, Tensor[] inputs) {
            return Kernel.super.accepts(op, inputs)
                    && new Windows(op.forward(), inputs[2].shape(), inputs[3].shape()).fits();
        }

        @Override
        public void run(WindowAttentionBackward op, Tensor[] inputs, Tensor[] outputs) {
            Windows windows = new Windows(op.forward(), inputs[2].shape(), inputs[3].shape());
            Optional<WindowGraphs> graphs = WindowGraphs.of(windows, inputs[0], inputs[2], outputs[0]);
            AttentionText text = windows.text(inputs[0], inputs[2], outputs[0]);
            if (graphs.isPresent()) {
                graphs.get().backward(inputs, outputs);
            } else if (text.small()) {
                small(windows, text, inputs, outputs);
            } else {
                large(windows, text, inputs, outputs);
            }
        }

        private static void small(Windows windows, AttentionText text, Tensor[] in, Tensor[] out) {
            CudaBackend cuda = CudaBackend.of(out[0]);
            int count = windows.count();
            int each = Math.max(1, (int) ((long) count * windows.heads() / BLOCKS));
            int blocks = (count + each - 1) / each;
            try (Scratch partial = cuda.scratch(scoreBytes(windows, blocks))) {
                inputs(cuda.launch(text.function("window_backward")).grid(blocks, windows.heads(), 1)
                        .block(text.threads()).pointer(out[0]).pointer(partial.address()), windows, in)
                        .i32(count).i32(each).run();
                bias(windows, text.function("bias_backward"), blocks, partial.address(), out[1]);
            }
        }

        private static void large(Windows windows, AttentionText text, Tensor[] in, Tensor[] out) {
            CudaBackend cuda = CudaBackend.of(out[0]);
            int tiles = text.tiles(windows.tokens(), AttentionText.FEW);
            long grid = (long) windows.count() * tiles;
            try (Scratch means = cuda.scratch(in[1].size() * Float.BYTES);
                    Scratch slopes = cuda.scratch(scoreBytes(windows, windows.count()))) {
                inputs(cuda.launch(text.function("query_backward")).grid(grid, windows.heads(), 1)
                        .block(text.threads()).pointer(out[0]).pointer(means.address())
                        .pointer(slopes.address()), windows, in).i32(tiles).run();
                inputs(cuda.launch(text.function("key_backward")).grid(grid, windows.heads(), 1)
                        .block(text.threads()).pointer(out[0]).pointer(means.address()), windows, in)
                        .i32(tiles).run();
                bias(windows, text.function("bias_backward"), windows.count(), slopes.address(), out[1]);
            }
        }

        private static long scoreBytes(Windows windows, long blocks) {
            return blocks * windows.heads() * windows.tokens() * windows.tokens() * Float.BYTES;
        }

        private static Launch inputs(Launch launch, Windows windows, Tensor[] in) {
            return launch.pointer(in[0]).pointer(in[1]).pointer(in[2]).pointer(in[3]).struct(windows.struct());
        }
    }

    /** Sums the slopes [parts, heads, N, N] of the scores to the bias. */
    static void bias(Windows windows, KernelFunction function, int parts, long slopes, Tensor dbias) {
        CudaBackend cuda = CudaBackend.of(dbias);
        int scores = windows.heads() * windows.tokens() * windows.tokens();
        try (Scratch sums = cuda.scratch((long) scores * Float.BYTES)) {
            long target = windows.table() ? sums.address() : dbias.address();
            Reduction.SUM.run(cuda, slopes, Layout.contiguous(Shape.of(parts, scores)),
                    new boolean[] {true, false}, target, 1);
            if (windows.table()) {
                cuda.launch(function).over(dbias.size()).pointer(dbias).pointer(target).i32(windows.heads()).run();
            }
        }
    }
}
