package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.bindings.cuda.Scratch;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.AdamW;
import dev.panacea.tensor.op.Blend;
import dev.panacea.tensor.op.GradientNorm;
import dev.panacea.tensor.op.Lion;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Sgd;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Ops on lists of tensors, such as the step of an optimiser: as many tensors in one launch as its arguments have room
 * for.
 */
final class ListKernels {
    private static final int CHUNK = 4096; // elements of a block
    private static final int ROOM = 3800; // bytes of a list, so that all arguments fit
    private static final int THREADS = 256;

    private static final String ADAM_W = "float g = INPUT(1) * scale; float m = fmaf(INPUT(2), n1, g * n2); "
            + "float v = fmaf(INPUT(3), n3, g * g * n4); float p = INPUT(0) * n0; "
            + "OUTPUT(0) = fmaf(m / fmaf(sqrtf(v), n5, given), n6, p); OUTPUT(1) = m; OUTPUT(2) = v;";
    private static final String LION = "float g = INPUT(1) * scale; float m = INPUT(2); "
            + "float d = n1 * m + n2 * g; float p = INPUT(0) * n0; "
            + "OUTPUT(0) = p - n5 * (d > 0 ? 1 : d < 0 ? -1 : d); OUTPUT(1) = n3 * m + n4 * g;";
    private static final String SGD = "float p = INPUT(0); float d = INPUT(1) * scale + n0 * p; "
            + "float m = n1 * INPUT(2) + d; OUTPUT(0) = p - n2 * (n3 * d + n4 * m); OUTPUT(1) = m;";

    private ListKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        put.accept(AdamW.class, new UpdateKernel<AdamW>(new Group(4, 3, ADAM_W), 1, op -> new double[] {
            1 - op.learningRate() * op.weightDecay(), op.beta1(), 1 - op.beta1(), op.beta2(), 1 - op.beta2(),
            1 / Math.sqrt(op.correction2()), -op.learningRate() / op.correction1(), op.epsilon()}));
        put.accept(Lion.class, new UpdateKernel<Lion>(new Group(3, 2, LION), 1, op -> new double[] {
            1 - op.learningRate() * op.weightDecay(), op.beta1(), 1 - op.beta1(), op.beta2(), 1 - op.beta2(),
            op.learningRate(), 0, 0}));
        put.accept(Sgd.class, new UpdateKernel<Sgd>(new Group(3, 2, SGD), 1, op -> new double[] {op.weightDecay(),
            op.momentum(), op.learningRate(), op.nesterov() ? 1 : 0, op.nesterov() ? op.momentum() : 1, 0, 0, 0}));
        put.accept(Blend.class, new BlendKernel());
        put.accept(GradientNorm.class, new NormKernel());
    }

    /** Tensors that belong together: how many are read and written, and the statements for one element. */
    private record Group(int inputs, int outputs, String update) {
        int tensors() {
            return inputs + outputs;
        }

        /** How many groups fit in one launch. */
        int most() {
            return (ROOM - 16) / (4 + 8 + 8 * tensors());
        }

        KernelSource source() {
            KernelSource source = Texts.of("optimizer.cu").with("LIST", most()).with("INPUTS", inputs)
                    .with("OUTPUTS", outputs).with("CHUNK", CHUNK);
            return update.isEmpty() ? source : source.with("UPDATE", update);
        }

        /** The struct List for groups from {@code first} on, and how many blocks take them. */
        Part part(Tensor[] in, int skipped, Tensor[] out, int first) {
            int all = (in.length - skipped) / inputs;
            int count = Math.min(most(), all - first);
            int sizes = (8 + 4 * most() + 7) & -8;
            Struct list = new Struct(sizes + 8 * most() * (1 + tensors()));
            list.i32(count, first);
            int blocks = 0;
            for (int k = 0; k < count; k++) {
                long size = in[skipped + (first + k) * inputs].size();
                blocks += Math.toIntExact((size + CHUNK - 1) / CHUNK);
                list.at(8 + 4 * k).i32(blocks).at(sizes + 8 * k).i64(size);
                list.at(sizes + 8 * most() + 8 * k * tensors());
                for (int i = 0; i < inputs; i++) {
                    list.i64(in[skipped + (first + k) * inputs + i].address());
                }
                for (int i = 0; i < outputs; i++) {
                    list.i64(out[(first + k) * outputs + i].address());
                }
            }
            return new Part(list.bytes(), count, blocks);
        }
    }

    /** What one launch takes. */
    private record Part(byte[] list, int count, int blocks) {}

    /** Updates each group; the first inputs may be a scale for the gradients. */
    private static final class UpdateKernel<O extends Op> implements Kernel<O> {
        private final Group group;
        private final int skipped;
        private final Function<O, double[]> numbers;
        private final KernelFunction function;

        UpdateKernel(Group group, int skipped, Function<O, double[]> numbers) {
            this.group = group;
            this.skipped = skipped;
            this.numbers = numbers;
            this.function = group.source().function("update");
        }

        @Override
        public void run(O op, Tensor[] inputs, Tensor[] outputs) {
            CudaBackend cuda = CudaBackend.of(outputs[0]);
            double[] each = numbers.apply(op);
            int groups = outputs.length / group.outputs();
            for (int first = 0; first < groups; first += group.most()) {
                Part part = group.part(inputs, skipped, outputs, first);
                Launch launch = cuda.launch(function).grid(part.blocks()).block(THREADS).struct(part.list())
                        .pointer(skipped == 0 ? 0 : inputs[0].address())
                        .i32(skipped == 0 ? 0 : inputs[0].shape().rank());
                for (double number : each) {
                    launch.f32(number);
                }
                launch.run();
            }
        }
    }

    /** Weighted sums; what has weight 0 is not read. */
    private static final class BlendKernel implements Kernel<Blend> {
        private final Kernel<Blend> both = new UpdateKernel<>(
                new Group(2, 1, "OUTPUT(0) = fmaf(n0, INPUT(0), n1 * INPUT(1));"), 0, BlendKernel::numbers);
        private final Kernel<Blend> second = new UpdateKernel<>(new Group(2, 1, "OUTPUT(0) = n1 * INPUT(1);"), 0,
                BlendKernel::numbers);

        private static double[] numbers(Blend op) {
            return new double[] {op.keep(), op.add(), 0, 0, 0, 0, 0, 0};
        }

        @Override
        public void run(Blend op, Tensor[] inputs, Tensor[] outputs) {
            (op.keep() == 0 ? second : both).run(op, inputs, outputs);
        }
    }

    /** Sums of squares of chunks, which a second launch joins. */
    private static final class NormKernel implements Kernel<GradientNorm> {
        private final Group group = new Group(1, 0, "");
        private final KernelFunction squares = group.source().function("squares");
        private final KernelFunction all = group.source().function("norm_of_all");
        private final KernelFunction each = group.source().function("norm_of_each");

        @Override
        public void run(GradientNorm op, Tensor[] inputs, Tensor[] outputs) {
            CudaBackend cuda = CudaBackend.of(outputs[0]);
            long chunks = 0;
            for (Tensor input : inputs) {
                chunks += (input.size() + CHUNK - 1) / CHUNK;
            }
            try (Scratch sums = cuda.scratch(chunks * Double.BYTES)) {
                long at = sums.address();
                for (int first = 0; first < inputs.length; first += group.most()) {
                    Part part = group.part(inputs, 0, outputs, first);
                    cuda.launch(squares).grid(part.blocks()).block(THREADS).pointer(at).struct(part.list()).run();
                    if (op.each()) {
                        cuda.launch(each).grid(part.count()).block(THREADS).pointer(outputs[0]).pointer(outputs[1])
                                .pointer(at).struct(part.list()).f64(op.most()).run();
                    }
                    at += (long) part.blocks() * Double.BYTES;
                }
                if (!op.each()) {
                    cuda.launch(all).grid(1).block(THREADS).pointer(outputs[0]).pointer(outputs[1])
                            .pointer(sums.address()).i32(Math.toIntExact(chunks)).f64(op.most()).run();
                }
            }
        }
    }
}
