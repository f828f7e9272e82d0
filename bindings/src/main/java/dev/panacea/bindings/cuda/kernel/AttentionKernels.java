package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.bindings.cuda.Scratch;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.AttentionBackward;
import dev.panacea.tensor.op.Op;
import java.util.Arrays;
import java.util.function.BiConsumer;

/** Attention and its gradient, scores never leaving the registers; query, key and value are read where they lie. */
final class AttentionKernels {
    private AttentionKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        put.accept(Attention.class, new ForwardKernel());
        put.accept(AttentionBackward.class, new BackwardKernel());
    }

    /** The operands in the kernels' order; gradient, bias and mask may be null. */
    private record Operands(Tensor query, Tensor key, Tensor value, Tensor gradient, Tensor bias, Tensor mask) {
        /** From inputs of attention that begin at {@code first}, with rows that have no gaps. */
        static Operands of(Tensor[] in, int first, Tensor gradient) {
            Tensor last = in[in.length - 1];
            boolean masked = in.length > first + 3 && last.type() == ElementType.U8;
            int floats = in.length - (masked ? 1 : 0);
            return new Operands(dense(in[first]), dense(in[first + 1]), dense(in[first + 2]),
                    gradient == null ? null : dense(gradient), floats > first + 3 ? in[first + 3] : null,
                    masked ? last : null);
        }

        private static Tensor dense(Tensor x) {
            return x.layout().strides()[3] == 1 || x.dim(3) == 1 ? x : x.contiguous();
        }

        private static boolean aligned(Tensor x) {
            boolean aligned = x == null || x.address() % 16 == 0;
            for (int axis = 0; aligned && x != null && axis < 3; axis++) {
                aligned = x.layout().strides()[axis] % 4 == 0;
            }
            return aligned;
        }

        AttentionText text() {
            int depth = query.dim(3);
            boolean vector = depth % 4 == 0 && aligned(query) && aligned(key) && aligned(value) && aligned(gradient);
            return new AttentionText(0, depth, vector, bias != null, mask != null);
        }

        Launch pointers(Launch launch) {
            return launch.pointer(query).pointer(key).pointer(value).pointer(bias == null ? 0 : bias.address())
                    .pointer(mask == null ? 0 : mask.address());
        }

        /** The struct Heads. */
        byte[] struct(double scale) {
            Struct struct = new Struct(192).i32(query.dim(1), query.dim(2), key.dim(2)).f32(scale);
            for (Tensor each : new Tensor[] {query, key, value, gradient}) {
                long[] strides = each == null ? new long[3] : each.layout().strides();
                struct.i64(strides[0], strides[1], strides[2]);
            }
            Shape scores = query.shape().with(3, key.dim(2));
            for (Tensor each : new Tensor[] {bias, mask}) {
                struct.i64(each == null ? new long[4]
                        : ElementwiseKernel.expanded(each.layout(), scores).strides());
            }
            return struct.bytes();
        }
    }

    private static Launch launch(CudaBackend cuda, AttentionText text, String name, Tensor rows, int tiles) {
        return cuda.launch(text.function(name)).grid((long) rows.dim(0) * tiles, rows.dim(1), 1)
                .block(text.threads());
    }

    private static boolean accepts(Tensor[] inputs, Tensor query) {
        boolean floats = true;
        for (Tensor input : inputs) {
            floats &= input.type() == ElementType.F32 || input.type() == ElementType.U8;
        }
        return floats && query.dim(3) <= AttentionText.MOST_DEPTH;
    }

    private static final class ForwardKernel implements Kernel<Attention> {
        @Override
        public boolean accepts(Attention op, Tensor[] inputs) {
            return AttentionKernels.accepts(inputs, inputs[0]);
        }

        @Override
        public boolean strided(Attention op, int index) {
            return true;
        }

        @Override
        public void run(Attention op, Tensor[] inputs, Tensor[] outputs) {
            if (GraphAttention.forward(op.scale(), inputs, outputs)) {
                return;
            }
            try (MemoryScope _ = MemoryScope.open("attention")) {
                Operands operands = Operands.of(inputs, 0, null);
                AttentionText text = operands.text();
                int tiles = text.tiles(operands.query.dim(2), AttentionText.MANY);
                Launch launch = launch(CudaBackend.of(outputs[0]), text, "attention", operands.query, tiles)
                        .pointer(outputs[0]).pointer(outputs[1]);
                operands.pointers(launch).struct(operands.struct(op.scale())).i32(tiles).run();
            }
        }
    }

    private static final class BackwardKernel implements Kernel<AttentionBackward> {
        @Override
        public boolean accepts(AttentionBackward op, Tensor[] inputs) {
            return AttentionKernels.accepts(inputs, inputs[2]);
        }

        @Override
        public boolean strided(AttentionBackward op, int index) {
            return index != 1;
        }

        @Override
        public void run(AttentionBackward op, Tensor[] inputs, Tensor[] outputs) {
            if (GraphAttention.backward(op.scale(), inputs[0], Arrays.copyOfRange(inputs, 2, inputs.length), outputs)) {
                return;
            }
            CudaBackend cuda = CudaBackend.of(outputs[0]);
            Shape scores = inputs[2].shape().with(3, inputs[3].dim(2));
            boolean biased = outputs.length == 4;
            boolean summed = biased && outputs[3].size() != scores.size();
            try (MemoryScope _ = MemoryScope.open("attentionBackward");
                    Scratch means = cuda.scratch(inputs[1].size() * Float.BYTES);
                    Scratch slopes = cuda.scratch(summed ? scores.size() * Float.BYTES : 1)) {
                long ds = summed ? slopes.address() : biased ? outputs[3].address() : 0;
                Operands operands = Operands.of(inputs, 2, inputs[0]);
                byte[] struct = operands.struct(op.scale());
                AttentionText text = operands.text();
                int tiles = text.tiles(operands.query.dim(2), AttentionText.FEW);
                Launch queries = gradients(launch(cuda, text, "query_backward", operands.query, tiles), outputs)
                        .pointer(means.address()).pointer(ds).pointer(operands.gradient).pointer(inputs[1]);
                operands.pointers(queries).struct(struct).i32(tiles).run();
                tiles = text.tiles(operands.key.dim(2), AttentionText.FEW);
                Launch keys = gradients(launch(cuda, text, "key_backward", operands.key, tiles), outputs)
                        .pointer(means.address()).pointer(operands.gradient).pointer(inputs[1]);
                operands.pointers(keys).struct(struct).i32(tiles).run();
                if (summed) {
                    Reduction.SUM.run(cuda, ds, Layout.contiguous(scores), repeated(outputs[3].shape(), scores),
                            outputs[3].address(), 1);
                }
            }
        }

        private static Launch gradients(Launch launch, Tensor[] outputs) {
            return launch.pointer(outputs[0]).pointer(outputs[1]).pointer(outputs[2]);
        }

        /** The axes along which a shape was repeated. */
        private static boolean[] repeated(Shape shape, Shape scores) {
            boolean[] repeated = new boolean[scores.rank()];
            int extra = scores.rank() - shape.rank();
            for (int axis = 0; axis < repeated.length; axis++) {
                repeated[axis] = axis < extra || shape.dim(axis - extra) == 1;
            }
            return repeated;
        }
    }
}
