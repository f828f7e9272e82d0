package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.op.AdaptiveAvgPool2d;
import dev.panacea.tensor.op.AvgPool2d;
import dev.panacea.tensor.op.Bicubic;
import dev.panacea.tensor.op.Bilinear;
import dev.panacea.tensor.op.Cast;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Einsum;
import dev.panacea.tensor.op.Linear;
import dev.panacea.tensor.op.LogSoftmax;
import dev.panacea.tensor.op.LogSoftmaxBackward;
import dev.panacea.tensor.op.MatMul;
import dev.panacea.tensor.op.Nearest;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.ResamplingBackward;
import dev.panacea.tensor.op.Softmax;
import dev.panacea.tensor.op.SoftmaxBackward;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which ops have a kernel on the card. Deleting a line makes the project slower, never wrong. */
public final class CudaKernels {
    private static final Map<Class<? extends Op>, Kernel<?>> KERNELS = new HashMap<>();

    static {
        put(MatMul.class, new MatMulKernel());
        put(Linear.class, new LinearKernel());
        put(Einsum.class, new EinsumKernel());
        put(Copy.class, new CopyKernel());
        put(Cast.class, new CastKernel());
        put(Softmax.class, SoftmaxKernel.plain());
        put(SoftmaxBackward.class, SoftmaxKernel.plainBackward());
        put(LogSoftmax.class, SoftmaxKernel.logarithm());
        put(LogSoftmaxBackward.class, SoftmaxKernel.logarithmBackward());
        put(AvgPool2d.class, new ResamplingKernel<>());
        put(AdaptiveAvgPool2d.class, new ResamplingKernel<>());
        put(Bilinear.class, new ResamplingKernel<>());
        put(Bicubic.class, new ResamplingKernel<>());
        put(Nearest.class, new ResamplingKernel<>());
        put(ResamplingBackward.class, new ResamplingKernel<>());
        ElementwiseKernels.register(KERNELS::put);
        MovingKernels.register(KERNELS::put);
        GatherKernels.register(KERNELS::put);
        ReductionKernels.register(KERNELS::put);
        NormKernels.register(KERNELS::put);
        RandomKernels.register(KERNELS::put);
        LossKernels.register(KERNELS::put);
        PoolKernels.register(KERNELS::put);
        ConvKernels.register(KERNELS::put);
        AttentionKernels.register(KERNELS::put);
        WindowAttentionKernels.register(KERNELS::put);
        ListKernels.register(KERNELS::put);
    }

    private CudaKernels() {}

    /** The kernel of an op, or null. */
    public static Kernel<?> of(Class<? extends Op> op) {
        return KERNELS.get(op);
    }

    /** All texts that kernels are compiled from; of attention and layer normalisation for usual sizes. */
    public static List<KernelSource> texts() {
        for (int depth : new int[] {32, 64, 33}) {
            new AttentionText(0, depth, depth % 4 == 0, depth != 64, depth != 64).function("attention");
        }
        for (int window : new int[] {7, 12}) {
            new AttentionText(window, 32, true, true, window == 7).function("attention");
        }
        for (int row : new int[] {128, 256, 512, 768, 1024, 2048}) {
            LayerNormText.of(row);
        }
        WindowGraphs.TEXT.function("split_windows");
        return KernelSource.asked();
    }

    private static <O extends Op> void put(Class<O> op, Kernel<? super O> kernel) {
        KERNELS.put(op, kernel);
    }
}
