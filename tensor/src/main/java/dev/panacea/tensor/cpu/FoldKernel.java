package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Max;
import dev.panacea.tensor.op.Mean;
import dev.panacea.tensor.op.Min;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Sum;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Sum, mean, max and min over any set of axes. Reduced axes that lie apart are folded in several passes, the last
 * first, each over what the one before it left.
 *
 * @param <O> the op
 */
final class FoldKernel<O extends Op> implements Kernel<O> {
    private static final int PASSES = 1; // scratch slot of the first of two buffers

    private final Function<O, List<Integer>> axes;
    private final ThreadLocal<Fold> folds;
    private final ThreadLocal<AxisGroups> groups = ThreadLocal.withInitial(AxisGroups::new);
    private final boolean average;

    private FoldKernel(Function<O, List<Integer>> axes, Supplier<Fold> fold, boolean average) {
        this.axes = axes;
        this.folds = ThreadLocal.withInitial(fold);
        this.average = average;
    }

    static FoldKernel<Sum> sum() {
        return new FoldKernel<>(Sum::axes, SumFold::new, false);
    }

    static FoldKernel<Mean> mean() {
        return new FoldKernel<>(Mean::axes, SumFold::new, true);
    }

    static FoldKernel<Max> max() {
        return new FoldKernel<>(Max::axes, () -> new PeakFold(1), false);
    }

    static FoldKernel<Min> min() {
        return new FoldKernel<>(Min::axes, () -> new PeakFold(-1), false);
    }

    @Override
    public void run(O op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        AxisGroups form = groups.get().gather(x.shape(), axes.apply(op));
        float scale = average ? (float) (1.0 / form.folded()) : 1;
        if (form.simple()) {
            folds.get().run(x.address(), outputs[0].address(), form.outer(), form.fold(), form.inner(), scale);
            return;
        }
        Scratch scratch = Scratch.ofThread();
        long from = x.address();
        int slot = 0; // the passes write to two buffers in turn
        while (!form.simple()) {
            long pass = scratch.memory(PASSES + slot, form.outer() * form.inner() * Float.BYTES);
            folds.get().run(from, pass, form.outer(), form.fold(), form.inner(), 1);
            form.drop();
            from = pass;
            slot = 1 - slot;
        }
        folds.get().run(from, outputs[0].address(), form.outer(), form.fold(), form.inner(), scale);
    }
}
