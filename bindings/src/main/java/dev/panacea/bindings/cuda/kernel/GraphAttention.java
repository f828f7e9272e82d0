package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.Graphs;
import dev.panacea.bindings.cudnn.AttentionPlans;
import dev.panacea.bindings.cudnn.AttentionShape;
import dev.panacea.bindings.cudnn.AttentionSlopes;
import dev.panacea.bindings.cudnn.AttentionTensors;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Cast;
import java.util.Optional;

/**
 * Attention by cuDNN, where it has plans for it: operands are rounded to BF16 before and results widened after. Its
 * backward pass wants the result, which is not kept, so it runs the forward pass again, and takes the log-sum-exp from
 * there as well.
 */
final class GraphAttention {
    private static final ElementwiseKernel<Cast> WIDEN =
            ElementwiseKernel.typed("(float) bf16_to_float(a)", ElementType.F32, ElementType.BF16);

    private final CudaBackend cuda;
    private final AttentionPlans plans;
    private final double scale;
    private final Tensor query;
    private final Tensor key;
    private final Tensor value;
    private final Tensor bias;

    /** Rounds query, key, value and bias, which begin at {@code first}; a memory scope is open. */
    private GraphAttention(CudaBackend cuda, AttentionPlans plans, double scale, Tensor... in) {
        this.cuda = cuda;
        this.plans = plans;
        this.scale = scale;
        query = in[0].cast(ElementType.BF16);
        key = in[1].cast(ElementType.BF16);
        value = in[2].cast(ElementType.BF16);
        bias = in.length > 3 ? in[3].cast(ElementType.BF16) : null;
    }

    /** Writes y and the log-sum-exp; false where kernels of our own have to. */
    static boolean forward(double scale, Tensor[] in, Tensor[] out) {
        CudaBackend cuda = CudaBackend.of(out[0]);
        Optional<AttentionPlans> plans = plans(cuda.graphs(), in);
        plans.ifPresent(found -> {
            try (MemoryScope _ = MemoryScope.open("attention")) {
                GraphAttention attention = new GraphAttention(cuda, found, scale, in);
                Tensor result = bf16(cuda, out[0].shape());
                cuda.graphs().forward(found, scale, attention.tensors(result, out[1]));
                widen(result, out[0]);
            }
        });
        return plans.isPresent();
    }

    /** Writes the gradients of the inputs {@code in}; false where kernels of our own have to. */
    static boolean backward(double scale, Tensor gradient, Tensor[] in, Tensor[] out) {
        CudaBackend cuda = CudaBackend.of(out[0]);
        Optional<AttentionPlans> plans = plans(cuda.graphs(), in);
        plans.ifPresent(found -> {
            try (MemoryScope _ = MemoryScope.open("attentionBackward")) {
                new GraphAttention(cuda, found, scale, in).backward(gradient, out);
            }
        });
        return plans.isPresent();
    }

    private void backward(Tensor gradient, Tensor[] out) {
        Tensor result = bf16(cuda, query.shape());
        Tensor sums = f32(query.shape().without(3));
        Tensor[] slopes = new Tensor[out.length];
        for (int i = 0; i < out.length; i++) {
            slopes[i] = bf16(cuda, out[i].shape());
        }
        AttentionTensors tensors = tensors(result, f32(sums.shape()));
        cuda.graphs().forward(plans, scale, tensors);
        cuda.graphs().backward(plans, scale, tensors,
                new AttentionSlopes(gradient.cast(ElementType.BF16).address(), slopes[0].address(),
                        slopes[1].address(), slopes[2].address(), out.length > 3 ? slopes[3].address() : 0,
                        sums.address()));
        for (int i = 0; i < out.length; i++) {
            widen(slopes[i], out[i]);
        }
    }

    private AttentionTensors tensors(Tensor result, Tensor logSumExp) {
        return new AttentionTensors(query.address(), key.address(), value.address(),
                bias == null ? 0 : bias.address(), result.address(), logSumExp.address());
    }

    /** The plans for query, key, value and a bias; there are none for a mask, or a bias that repeats along a row. */
    private static Optional<AttentionPlans> plans(Graphs graphs, Tensor[] in) {
        Shape query = in[0].shape();
        int keys = in[1].dim(2);
        int[] bias = {0, 0};
        if (in.length > 3) {
            Shape given = in[3].shape();
            int rank = given.rank();
            if (in.length > 4 || in[3].type() == ElementType.U8 || rank < 2 || given.dim(-1) != keys
                    || given.dim(-2) != query.dim(2)) {
                return Optional.empty();
            }
            bias[0] = rank > 3 ? given.dim(0) : 1;
            bias[1] = rank > 2 ? given.dim(-3) : 1;
        }
        return graphs.attention(new AttentionShape(query.dim(0), query.dim(1), query.dim(2), keys, query.dim(3),
                bias[0], bias[1]));
    }

    private static Tensor bf16(CudaBackend cuda, Shape shape) {
        return Tensor.allocate(cuda, new Spec(shape, ElementType.BF16));
    }

    private Tensor f32(Shape shape) {
        return Tensor.allocate(cuda, new Spec(shape, ElementType.F32));
    }

    private static void widen(Tensor from, Tensor to) {
        WIDEN.run(new Tensor[] {from}, to, 0, 0);
    }
}
