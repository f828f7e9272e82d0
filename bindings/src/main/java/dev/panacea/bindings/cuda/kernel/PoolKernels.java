package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.MaxPool2d;
import dev.panacea.tensor.op.MaxPool2dBackward;
import dev.panacea.tensor.op.Op;
import java.util.function.BiConsumer;

/** The largest element of each window, and the gradient. */
final class PoolKernels {
    private static final KernelFunction MAX = Texts.of("pool.cu").function("max_pool");
    private static final KernelFunction MAX_BACKWARD = Texts.of("pool.cu").function("max_pool_backward");
    private static final int THREADS = 256;

    private PoolKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        Kernel<MaxPool2d> max = PoolKernels::max;
        put.accept(MaxPool2d.class, max);
        Kernel<MaxPool2dBackward> maxBackward = PoolKernels::maxBackward;
        put.accept(MaxPool2dBackward.class, maxBackward);
    }

    private static void max(MaxPool2d op, Tensor[] in, Tensor[] out) {
        CudaBackend.of(out[0]).launch(MAX).over(out[0].size()).pointer(out[0]).pointer(out[1]).pointer(in[0])
                .i64(out[0].size()).i32(in[0].dim(2)).i32(in[0].dim(3)).i32(out[0].dim(2)).i32(out[0].dim(3))
                .i32(op.kernel()).i32(op.stride()).i32(op.padding()).run();
    }

    private static void maxBackward(MaxPool2dBackward op, Tensor[] in, Tensor[] out) {
        CudaBackend.of(out[0]).launch(MAX_BACKWARD).grid((long) out[0].dim(0) * out[0].dim(1)).block(THREADS)
                .pointer(out[0]).pointer(in[0]).pointer(in[1]).i32(out[0].dim(2) * out[0].dim(3))
                .i32(in[0].dim(2) * in[0].dim(3)).run();
    }
}
