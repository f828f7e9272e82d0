package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.BceWithLogits;
import dev.panacea.tensor.op.BceWithLogitsBackward;
import dev.panacea.tensor.op.CrossEntropy;
import dev.panacea.tensor.op.CrossEntropyBackward;
import dev.panacea.tensor.op.Op;
import java.util.List;
import java.util.function.BiConsumer;

/** Losses of classes. */
final class LossKernels {
    private static final KernelSource ROWS = Texts.of("cross_entropy.cu");
    private static final KernelFunction CLASSES = ROWS.function("cross_entropy");
    private static final KernelFunction CLASSES_BACKWARD = ROWS.function("cross_entropy_backward");
    private static final KernelFunction PROBABILITIES =
            ROWS.with("PROBABILITIES", "").function("cross_entropy");
    private static final KernelFunction PROBABILITIES_BACKWARD =
            ROWS.with("PROBABILITIES", "").function("cross_entropy_backward");
    private static final int THREADS = 256;

    /** Operands are logits a and targets b, then c, weights of the elements, and d, weights of the positive part. */
    private static final String SOFTPLUS = "(fmaxf(-a, 0) + log1pf(expf(-fabsf(a))))";
    private static final String NEGATIVE = "(1 - b) * a";
    private static final List<ElementwiseKernel<BceWithLogits>> LOSSES = List.of(
            ElementwiseKernel.of(2, NEGATIVE + " + " + SOFTPLUS),
            ElementwiseKernel.of(3, "c * (" + NEGATIVE + " + " + SOFTPLUS + ")"),
            ElementwiseKernel.of(4, "c * (" + NEGATIVE + " + (1 + (d - 1) * b) * " + SOFTPLUS + ")"));

    /** Operands are the loss's gradient a, then b to e as a to d above; p is one over the number of elements. */
    private static final String SIGMOID = "(1 / (1 + expf(-b)))";
    private static final List<ElementwiseKernel<BceWithLogitsBackward>> SLOPES = List.of(
            ElementwiseKernel.of(3, "a * p * ((1 - c) * " + SIGMOID + " - c * (1 - " + SIGMOID + "))"),
            ElementwiseKernel.of(4, "a * p * d * ((1 - c) * " + SIGMOID + " - c * (1 - " + SIGMOID + "))"),
            ElementwiseKernel.of(5, "a * p * d * ((1 - c) * " + SIGMOID + " - e * c * (1 - " + SIGMOID + "))"));

    private LossKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        put.accept(BceWithLogits.class, new BceKernel());
        put.accept(BceWithLogitsBackward.class, new BceBackwardKernel());
        Kernel<CrossEntropy> crossEntropy = LossKernels::crossEntropy;
        put.accept(CrossEntropy.class, crossEntropy);
        Kernel<CrossEntropyBackward> backward = LossKernels::crossEntropyBackward;
        put.accept(CrossEntropyBackward.class, backward);
    }

    private static final class BceKernel implements Kernel<BceWithLogits> {
        @Override
        public boolean accepts(BceWithLogits op, Tensor[] inputs) {
            return Kernel.super.accepts(op, inputs) && Loops.fit(inputs) && inputs[0].size() <= Integer.MAX_VALUE;
        }

        @Override
        public boolean strided(BceWithLogits op, int index) {
            return true;
        }

        @Override
        public void run(BceWithLogits op, Tensor[] inputs, Tensor[] outputs) {
            try (MemoryScope _ = MemoryScope.open("bceWithLogits")) {
                Tensor losses = Tensor.allocate(inputs[0].backend(), inputs[0].spec());
                LOSSES.get(inputs.length - 2).run(inputs, losses, 0, 0);
                ReductionKernels.mean(losses, Reduction.reduced(losses.shape(), List.of()), outputs[0].address());
            }
        }
    }

    private static final class BceBackwardKernel implements Kernel<BceWithLogitsBackward> {
        @Override
        public boolean accepts(BceWithLogitsBackward op, Tensor[] inputs) {
            return Kernel.super.accepts(op, inputs) && Loops.fit(inputs);
        }

        @Override
        public boolean strided(BceWithLogitsBackward op, int index) {
            return true;
        }

        @Override
        public void run(BceWithLogitsBackward op, Tensor[] inputs, Tensor[] outputs) {
            SLOPES.get(inputs.length - 3).run(inputs, outputs[0], 1.0 / outputs[0].size(), 0);
        }
    }

    private static void crossEntropy(CrossEntropy op, Tensor[] in, Tensor[] out) {
        int n = in[0].dim(-1);
        long rows = in[0].size() / n;
        try (MemoryScope _ = MemoryScope.open("crossEntropy")) {
            Tensor losses = Tensor.allocate(in[0].backend(), out[1].spec());
            CudaBackend.of(out[0]).launch(CrossEntropy.classes(in[1]) ? CLASSES : PROBABILITIES).grid(rows)
                    .block(THREADS).pointer(losses).pointer(out[1]).pointer(in[0]).pointer(in[1]).i32(n)
                    .f32(1 - op.smoothing()).f32(op.smoothing() / n).run();
            ReductionKernels.mean(losses, Reduction.reduced(losses.shape(), List.of()), out[0].address());
        }
    }

    private static void crossEntropyBackward(CrossEntropyBackward op, Tensor[] in, Tensor[] out) {
        int n = in[1].dim(-1);
        long rows = in[1].size() / n;
        CudaBackend.of(out[0]).launch(CrossEntropy.classes(in[2]) ? CLASSES_BACKWARD : PROBABILITIES_BACKWARD)
                .grid(rows).block(THREADS).pointer(out[0]).pointer(in[0]).pointer(in[1]).pointer(in[2])
                .pointer(in[3]).i32(n).f32(1 - op.smoothing()).f32(op.smoothing() / n).f32(1.0 / rows).run();
    }
}
