package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.bindings.cuda.Scratch;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.BatchNorm2d;
import dev.panacea.tensor.op.BatchNorm2dBackward;
import dev.panacea.tensor.op.L2Normalize;
import dev.panacea.tensor.op.L2NormalizeBackward;
import dev.panacea.tensor.op.LayerNorm;
import dev.panacea.tensor.op.LayerNormBackward;
import dev.panacea.tensor.op.Op;
import java.util.function.BiConsumer;

/** Layer normalisation, batch normalisation and vectors of length 1, with their gradients. */
final class NormKernels {
    private static final KernelSource NORM = Texts.of("norm.cu");
    private static final KernelFunction LAYER = NORM.function("layer_norm");
    private static final KernelFunction LAYER_BACKWARD = NORM.function("layer_norm_backward");
    private static final KernelFunction LAYER_PARAMETERS = NORM.function("layer_norm_parameters");
    private static final KernelFunction BATCH = NORM.function("batch_norm");
    private static final KernelFunction BATCH_BACKWARD = NORM.function("batch_norm_backward");
    private static final KernelFunction BATCH_CHANNELS = NORM.function("batch_norm_channels");
    private static final KernelFunction UNIT_ROWS = NORM.function("unit_rows");
    private static final KernelFunction UNIT_COLUMNS = NORM.function("unit_columns");
    private static final KernelFunction UNIT_ROWS_BACKWARD = NORM.function("unit_rows_backward");
    private static final KernelFunction UNIT_COLUMNS_BACKWARD = NORM.function("unit_columns_backward");
    private static final Reduction PROJECTION = Reduction.of("Adding", "(x * (b - m))");

    private static final boolean[] ALL_BUT_CHANNELS = {true, false, true, true};
    private static final int COLUMNS = 32;
    private static final int COLUMN_ROWS = 8;
    private static final int BLOCKS = 1024;
    private static final int LEAST_ROWS = 64; // that are worth a block

    private NormKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        Kernel<LayerNorm> layer = NormKernels::layer;
        put.accept(LayerNorm.class, layer);
        Kernel<LayerNormBackward> layerBackward = NormKernels::layerBackward;
        put.accept(LayerNormBackward.class, layerBackward);
        Kernel<BatchNorm2d> batch = NormKernels::batch;
        put.accept(BatchNorm2d.class, batch);
        Kernel<BatchNorm2dBackward> batchBackward = NormKernels::batchBackward;
        put.accept(BatchNorm2dBackward.class, batchBackward);
        Kernel<L2Normalize> unit = NormKernels::unit;
        put.accept(L2Normalize.class, unit);
        Kernel<L2NormalizeBackward> unitBackward = NormKernels::unitBackward;
        put.accept(L2NormalizeBackward.class, unitBackward);
    }

    private static void layer(LayerNorm op, Tensor[] in, Tensor[] out) {
        CudaBackend cuda = CudaBackend.of(out[0]);
        Rows form = Rows.of(in[0].shape(), -1);
        if (LayerNormText.fitsForward(form.size())) {
            try (MemoryScope _ = MemoryScope.open("layerNorm")) {
                Tensor x = LayerNormText.aligned(in[0]);
                Tensor gamma = LayerNormText.aligned(in[1]);
                Tensor beta = LayerNormText.aligned(in[2]);
                long rounded = cuda.blas().roundedBy(out[0].address(), out[0].size());
                LayerNormText.of(form.size()).launchForward(cuda, form.outer(), form.size()).pointer(out[0])
                        .pointer(out[1]).pointer(out[2]).pointer(x).pointer(gamma).pointer(beta).pointer(rounded)
                        .i64(form.outer()).f32(op.epsilon()).run();
            }
            return;
        }
        Launch launch = form.launch(cuda, LAYER, LAYER).pointer(out[0]).pointer(out[1]).pointer(out[2]);
        form.sizes(launch.pointer(in[0]).pointer(in[1]).pointer(in[2])).f32(op.epsilon()).run();
    }

    private static void layerBackward(LayerNormBackward op, Tensor[] in, Tensor[] out) {
        CudaBackend cuda = CudaBackend.of(out[0]);
        Rows form = Rows.of(in[0].shape(), -1);
        int n = form.size();
        if (LayerNormText.fitsBackward(n)) {
            int blocks = LayerNormText.blocks(form.outer(), n);
            try (MemoryScope _ = MemoryScope.open("layerNormBackward");
                    Scratch sums = cuda.scratch(2L * blocks * n * Float.BYTES)) {
                Tensor g = LayerNormText.aligned(in[0]);
                Tensor x = LayerNormText.aligned(in[1]);
                Tensor gamma = LayerNormText.aligned(in[2]);
                LayerNormText.of(n).launchBackward(cuda, blocks).pointer(out[0]).pointer(sums.address()).pointer(g)
                        .pointer(x).pointer(gamma).pointer(in[3]).pointer(in[4]).i64(form.outer()).run();
                sumParameters(cuda, sums, blocks, out);
            }
            return;
        }
        Launch launch = form.launch(cuda, LAYER_BACKWARD, LAYER_BACKWARD).pointer(out[0]);
        for (Tensor input : in) {
            launch.pointer(input);
        }
        form.sizes(launch).run();
        int rows = Math.toIntExact(form.outer());
        long tiles = (n + COLUMNS - 1) / COLUMNS;
        int chunks = (int) Math.clamp(BLOCKS / tiles, 1, Math.max(1, (rows + LEAST_ROWS - 1) / LEAST_ROWS));
        int chunk = Math.max(1, (rows + chunks - 1) / chunks);
        try (Scratch sums = cuda.scratch(2L * chunks * n * Float.BYTES)) {
            cuda.launch(LAYER_PARAMETERS).grid(tiles, chunks, 1).block(COLUMNS, COLUMN_ROWS, 1)
                    .pointer(sums.address()).pointer(in[0]).pointer(in[1]).pointer(in[3]).pointer(in[4]).i32(rows)
                    .i32(chunk).i32(n).run();
            sumParameters(cuda, sums, chunks, out);
        }
    }

    /** Joins the sums [parts, 2, n] for gamma and beta. */
    private static void sumParameters(CudaBackend cuda, Scratch sums, int parts, Tensor[] out) {
        int n = out[1].dim(0);
        Layout layout = new Layout(Shape.of(parts, n), new long[] {2L * n, 1}, 0);
        boolean[] overParts = {true, false};
        Reduction.SUM.run(cuda, sums.address(), layout, overParts, out[1].address(), 1);
        Reduction.SUM.run(cuda, sums.address() + (long) n * Float.BYTES, layout, overParts, out[2].address(), 1);
    }

    private static void batch(BatchNorm2d op, Tensor[] in, Tensor[] out) {
        Tensor x = in[0];
        boolean training = in.length == 3;
        Tensor means = training ? out[1] : in[3];
        Tensor variances = training ? out[2] : in[4];
        if (training) {
            ReductionKernels.mean(x, ALL_BUT_CHANNELS, means.address());
            ReductionKernels.variance(x, ALL_BUT_CHANNELS, means.address(), variances.address(), 0);
        }
        CudaBackend.of(out[0]).launch(BATCH).over(x.size()).pointer(out[0]).pointer(x).pointer(in[1]).pointer(in[2])
                .pointer(means).pointer(variances).i64(x.size()).i64((long) x.dim(2) * x.dim(3)).i32(x.dim(1))
                .f32(op.epsilon()).run();
    }

    private static void batchBackward(BatchNorm2dBackward op, Tensor[] in, Tensor[] out) {
        Tensor g = in[0];
        CudaBackend cuda = CudaBackend.of(out[0]);
        int channels = g.dim(1);
        double share = op.training() ? (double) channels / Math.max(1, g.size()) : 0;
        try (Scratch rstds = cuda.scratch((long) channels * Float.BYTES)) {
            PROJECTION.run(g, ALL_BUT_CHANNELS, in[1].address(), in[3].address(), out[1].address(), 1);
            Reduction.SUM.run(g, ALL_BUT_CHANNELS, out[2].address(), 1);
            cuda.launch(BATCH_CHANNELS).over(channels).pointer(rstds.address()).pointer(out[1])
                    .pointer(op.training() ? 0 : out[3].address()).pointer(op.training() ? 0 : out[4].address())
                    .pointer(out[2]).pointer(in[2]).pointer(in[4]).i32(channels).f32(op.epsilon()).run();
            cuda.launch(BATCH_BACKWARD).over(g.size()).pointer(out[0]).pointer(g).pointer(in[1]).pointer(in[2])
                    .pointer(in[3]).pointer(rstds.address()).pointer(out[1]).pointer(out[2]).i64(g.size())
                    .i64((long) g.dim(2) * g.dim(3)).i32(channels).f32(share).run();
        }
    }

    private static void unit(L2Normalize op, Tensor[] in, Tensor[] out) {
        Rows form = Rows.of(in[0].shape(), op.axis());
        Launch launch = form.launch(CudaBackend.of(out[0]), UNIT_ROWS, UNIT_COLUMNS).pointer(out[0]).pointer(out[1])
                .pointer(in[0]);
        form.sizes(launch).f32(op.epsilon()).run();
    }

    private static void unitBackward(L2NormalizeBackward op, Tensor[] in, Tensor[] out) {
        Rows form = Rows.of(in[0].shape(), op.axis());
        Launch launch = form.launch(CudaBackend.of(out[0]), UNIT_ROWS_BACKWARD, UNIT_COLUMNS_BACKWARD)
                .pointer(out[0]).pointer(in[0]).pointer(in[1]).pointer(in[2]);
        form.sizes(launch).f32(op.epsilon()).run();
    }
}
