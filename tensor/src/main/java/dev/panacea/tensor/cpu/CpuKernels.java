package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.op.AdaptiveAvgPool2d;
import dev.panacea.tensor.op.AvgPool2d;
import dev.panacea.tensor.op.Bilinear;
import dev.panacea.tensor.op.Cast;
import dev.panacea.tensor.op.Concat;
import dev.panacea.tensor.op.Conv2d;
import dev.panacea.tensor.op.Conv2dBackwardInput;
import dev.panacea.tensor.op.Conv2dBackwardWeight;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Einsum;
import dev.panacea.tensor.op.Gather;
import dev.panacea.tensor.op.IndexSelect;
import dev.panacea.tensor.op.IndexSelectBackward;
import dev.panacea.tensor.op.Linear;
import dev.panacea.tensor.op.MatMul;
import dev.panacea.tensor.op.MaxPool2d;
import dev.panacea.tensor.op.MaxPool2dBackward;
import dev.panacea.tensor.op.Nearest;
import dev.panacea.tensor.op.OneHot;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Pad;
import dev.panacea.tensor.op.ResamplingBackward;
import dev.panacea.tensor.op.Roll;
import dev.panacea.tensor.op.ScatterAdd;
import dev.panacea.tensor.op.SliceBackward;
import dev.panacea.tensor.op.Stack;
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
        put(Cast.class, new CastKernel());
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
        put(Nearest.class, new ResamplingKernel());
        put(ResamplingBackward.class, new ResamplingKernel());
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
