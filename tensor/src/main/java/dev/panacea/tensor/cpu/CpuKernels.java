package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.op.AdaptiveAvgPool2d;
import dev.panacea.tensor.op.AdamW;
import dev.panacea.tensor.op.Argmax;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.AttentionBackward;
import dev.panacea.tensor.op.AvgPool2d;
import dev.panacea.tensor.op.BatchNorm2d;
import dev.panacea.tensor.op.BatchNorm2dBackward;
import dev.panacea.tensor.op.BceWithLogits;
import dev.panacea.tensor.op.BceWithLogitsBackward;
import dev.panacea.tensor.op.Bicubic;
import dev.panacea.tensor.op.Bilinear;
import dev.panacea.tensor.op.Blend;
import dev.panacea.tensor.op.Cast;
import dev.panacea.tensor.op.Concat;
import dev.panacea.tensor.op.Conv2d;
import dev.panacea.tensor.op.Conv2dBackwardInput;
import dev.panacea.tensor.op.Conv2dBackwardWeight;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.CrossEntropy;
import dev.panacea.tensor.op.CrossEntropyBackward;
import dev.panacea.tensor.op.Einsum;
import dev.panacea.tensor.op.Gather;
import dev.panacea.tensor.op.GradientNorm;
import dev.panacea.tensor.op.IndexSelect;
import dev.panacea.tensor.op.IndexSelectBackward;
import dev.panacea.tensor.op.L2Normalize;
import dev.panacea.tensor.op.L2NormalizeBackward;
import dev.panacea.tensor.op.LayerNorm;
import dev.panacea.tensor.op.LayerNormBackward;
import dev.panacea.tensor.op.Linear;
import dev.panacea.tensor.op.Lion;
import dev.panacea.tensor.op.LogSoftmax;
import dev.panacea.tensor.op.LogSoftmaxBackward;
import dev.panacea.tensor.op.MatMul;
import dev.panacea.tensor.op.Max;
import dev.panacea.tensor.op.MaxPool2d;
import dev.panacea.tensor.op.MaxPool2dBackward;
import dev.panacea.tensor.op.Mean;
import dev.panacea.tensor.op.Min;
import dev.panacea.tensor.op.Mse;
import dev.panacea.tensor.op.Nearest;
import dev.panacea.tensor.op.OneHot;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Pad;
import dev.panacea.tensor.op.ResamplingBackward;
import dev.panacea.tensor.op.Roll;
import dev.panacea.tensor.op.ScatterAdd;
import dev.panacea.tensor.op.Sgd;
import dev.panacea.tensor.op.SliceBackward;
import dev.panacea.tensor.op.Softmax;
import dev.panacea.tensor.op.SoftmaxBackward;
import dev.panacea.tensor.op.Stack;
import dev.panacea.tensor.op.Sum;
import dev.panacea.tensor.op.TieShare;
import dev.panacea.tensor.op.Variance;
import dev.panacea.tensor.op.WindowAttention;
import dev.panacea.tensor.op.WindowAttentionBackward;
import java.util.HashMap;
import java.util.Map;

/** Which ops have a fast kernel. Deleting a line makes the project slower, never wrong. */
public final class CpuKernels {
    private static final Map<Class<? extends Op>, Kernel<?>> KERNELS = new HashMap<>();

    static {
        put(Copy.class, new CopyKernel());
        put(SliceBackward.class, new SliceBackwardKernel());
        put(Concat.class, new ConcatKernel());
        put(Stack.class, new StackKernel());
        put(Pad.class, new PadKernel());
        put(Roll.class, new RollKernel());
        put(Gather.class, new GatherKernel());
        put(ScatterAdd.class, new ScatterAddKernel());
        put(IndexSelect.class, new IndexSelectKernel());
        put(IndexSelectBackward.class, new IndexSelectBackwardKernel());
        put(OneHot.class, new OneHotKernel());
        ElementwiseKernels.register(KERNELS::put);
        RandomKernels.register(KERNELS::put);
        put(CrossEntropy.class, new CrossEntropyKernel());
        put(CrossEntropyBackward.class, new CrossEntropyBackwardKernel());
        put(BceWithLogits.class, BceWithLogitsKernel.loss());
        put(BceWithLogitsBackward.class, BceWithLogitsKernel.gradient());
        put(Mse.class, new MseKernel());
        put(Cast.class, new CastKernel());
        put(Sum.class, FoldKernel.sum());
        put(Mean.class, FoldKernel.mean());
        put(Max.class, FoldKernel.max());
        put(Min.class, FoldKernel.min());
        put(TieShare.class, new TieShareKernel());
        put(Variance.class, new VarianceKernel());
        put(Argmax.class, new ArgmaxKernel());
        put(Softmax.class, new SoftmaxKernel());
        put(SoftmaxBackward.class, new SoftmaxBackwardKernel());
        put(LogSoftmax.class, new LogSoftmaxKernel());
        put(LogSoftmaxBackward.class, new LogSoftmaxBackwardKernel());
        put(LayerNorm.class, new LayerNormKernel());
        put(LayerNormBackward.class, new LayerNormBackwardKernel());
        put(L2Normalize.class, new L2NormalizeKernel());
        put(L2NormalizeBackward.class, new L2NormalizeBackwardKernel());
        put(BatchNorm2d.class, new BatchNorm2dKernel());
        put(BatchNorm2dBackward.class, new BatchNorm2dBackwardKernel());
        put(MatMul.class, new MatMulKernel());
        put(Linear.class, new LinearKernel());
        put(Einsum.class, new EinsumKernel());
        put(Conv2d.class, new Conv2dKernel());
        put(Conv2dBackwardInput.class, new Conv2dBackwardInputKernel());
        put(Conv2dBackwardWeight.class, new Conv2dBackwardWeightKernel());
        put(MaxPool2d.class, new MaxPool2dKernel());
        put(MaxPool2dBackward.class, new MaxPool2dBackwardKernel());
        put(AvgPool2d.class, new ResamplingKernel());
        put(AdaptiveAvgPool2d.class, new ResamplingKernel());
        put(Bilinear.class, new ResamplingKernel());
        put(Bicubic.class, new ResamplingKernel());
        put(Nearest.class, new ResamplingKernel());
        put(ResamplingBackward.class, new ResamplingKernel());
        put(Attention.class, new AttentionKernel());
        put(AttentionBackward.class, new AttentionBackwardKernel());
        put(WindowAttention.class, new WindowAttentionKernel());
        put(WindowAttentionBackward.class, new WindowAttentionBackwardKernel());
        put(AdamW.class, new AdamWKernel());
        put(Sgd.class, new SgdKernel());
        put(Lion.class, new LionKernel());
        put(Blend.class, new BlendKernel());
        put(GradientNorm.class, new GradientNormKernel());
    }

    private CpuKernels() {}

    /** The kernel of an op, or null. */
    public static Kernel<?> of(Class<? extends Op> op) {
        return KERNELS.get(op);
    }

    private static <O extends Op> void put(Class<O> op, Kernel<? super O> kernel) {
        KERNELS.put(op, kernel);
    }
}
