package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.Scratch;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Argmax;
import dev.panacea.tensor.op.Max;
import dev.panacea.tensor.op.Mean;
import dev.panacea.tensor.op.Min;
import dev.panacea.tensor.op.Mse;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Sum;
import dev.panacea.tensor.op.TieShare;
import dev.panacea.tensor.op.Variance;
import java.util.List;
import java.util.function.BiConsumer;

/** Ops that reduce axes, and what goes with them. */
final class ReductionKernels {
    private static final Reduction SQUARES = Reduction.of("Adding", "((x - m) * (x - m))");
    private static final Reduction DIFFERENCES = Reduction.of("Adding", "((x - b) * (x - b))");
    private static final Reduction TIES = Reduction.of("Adding", "(x == m ? 1 : 0)");
    private static final ElementwiseKernel<TieShare> SHARE = ElementwiseKernel.of(3, "a == b ? 1 / c : 0");
    private static final KernelFunction ARGMAX = Texts.of("argmax.cu").function("argmax");
    private static final int THREADS = 256;

    private ReductionKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        put.accept(Sum.class, new ReducingKernel<Sum>((op, in, out) -> Reduction.SUM.run(in[0],
                Reduction.reduced(in[0].shape(), op.axes()), out[0].address(), 1)));
        put.accept(Max.class, new ReducingKernel<Max>((op, in, out) -> Reduction.MAX.run(in[0],
                Reduction.reduced(in[0].shape(), op.axes()), out[0].address(), 1)));
        put.accept(Min.class, new ReducingKernel<Min>((op, in, out) -> Reduction.MIN.run(in[0],
                Reduction.reduced(in[0].shape(), op.axes()), out[0].address(), 1)));
        put.accept(Mean.class, new ReducingKernel<Mean>((op, in, out) -> mean(in[0],
                Reduction.reduced(in[0].shape(), op.axes()), out[0].address())));
        put.accept(Variance.class, new ReducingKernel<Variance>((op, in, out) -> {
            boolean[] reduced = Reduction.reduced(in[0].shape(), op.axes());
            try (Scratch means = CudaBackend.of(out[0]).scratch(out[0].size() * Float.BYTES)) {
                mean(in[0], reduced, means.address());
                variance(in[0], reduced, means.address(), out[0].address(), op.correction());
            }
        }));
        put.accept(TieShare.class, new ReducingKernel<TieShare>(ReductionKernels::tieShare));
        put.accept(Argmax.class, new ReducingKernel<Argmax>(ReductionKernels::argmax));
        Kernel<Mse> mse = (op, in, out) -> DIFFERENCES.run(in[0], Reduction.reduced(in[0].shape(), List.of()),
                in[1].address(), 0, out[0].address(), 1.0 / in[0].size());
        put.accept(Mse.class, mse);
    }

    /** Takes a first operand of any layout. */
    private record ReducingKernel<O extends Op>(Kernel<O> body) implements Kernel<O> {
        @Override
        public boolean accepts(O op, Tensor[] inputs) {
            return Kernel.super.accepts(op, inputs) && Loops.fit(inputs) && inputs[0].size() <= Integer.MAX_VALUE;
        }

        @Override
        public boolean strided(O op, int index) {
            return index == 0;
        }

        @Override
        public void run(O op, Tensor[] inputs, Tensor[] outputs) {
            body.run(op, inputs, outputs);
        }
    }

    /** The mean of each group. */
    static void mean(Tensor x, boolean[] reduced, long target) {
        Reduction.SUM.run(x, reduced, target, 1.0 / Reduction.count(x.shape(), reduced));
    }

    /** The variance of each group about its mean. */
    static void variance(Tensor x, boolean[] reduced, long means, long target, int correction) {
        SQUARES.run(x, reduced, 0, means, target, 1.0 / (Reduction.count(x.shape(), reduced) - correction));
    }

    private static void tieShare(TieShare op, Tensor[] inputs, Tensor[] outputs) {
        try (MemoryScope _ = MemoryScope.open("tieShare")) {
            Tensor ties = Tensor.allocate(inputs[0].backend(), new Spec(inputs[1].shape(), ElementType.F32));
            TIES.run(inputs[0], Reduction.reduced(inputs[0].shape(), op.axes()), 0, inputs[1].address(),
                    ties.address(), 1);
            SHARE.run(new Tensor[] {inputs[0], inputs[1], ties}, outputs[0], 0, 0);
        }
    }

    private static void argmax(Argmax op, Tensor[] inputs, Tensor[] outputs) {
        Shape shape = inputs[0].shape();
        boolean[] reduced = Reduction.reduced(shape, op.axes());
        Layout kept = Reduction.part(inputs[0].layout(), reduced, false);
        Layout folded = Reduction.part(inputs[0].layout(), reduced, true);
        CudaBackend.of(outputs[0]).launch(ARGMAX).grid(outputs[0].size()).block(THREADS).pointer(outputs[0])
                .pointer(inputs[0]).layout(kept).layout(folded).i32((int) Reduction.count(shape, reduced)).run();
    }
}
