package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cudnn.AttentionPlans;
import dev.panacea.bindings.cudnn.AttentionShape;
import dev.panacea.bindings.cudnn.AttentionSlopes;
import dev.panacea.bindings.cudnn.AttentionTensors;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.Optional;

/**
 * Swin's attention by cuDNN, which knows no windows: where none is shifted they are entries of the batch; where some
 * are, they are heads, whose bias holds the shift's mask as well. As {@link GraphAttention}, backward runs forward
 * again.
 */
final class WindowGraphs {
    /** The text of the kernels that move windows. */
    static final KernelSource TEXT = Texts.of("window_parts.cu");
    private static final KernelFunction SPLIT = TEXT.function("split_windows");
    private static final KernelFunction JOIN = TEXT.function("join_windows");
    private static final KernelFunction JOIN_SUMS = TEXT.function("join_sums");
    private static final KernelFunction SPREAD = TEXT.function("spread_bias");
    private static final int FOUR = 4;
    private static final int BF16 = 2;
    private static final int F32 = 4;

    /** The pieces of memory in their order. */
    private static final int ROWS = 0;
    private static final int BIAS = 1;
    private static final int RESULT = 2;
    private static final int SUMS = 3;
    private static final int GRADIENT = 4;
    private static final int SLOPES = 5;
    private static final int MEANS = 6;

    private final CudaBackend cuda;
    private final WindowAttentionKernels.Windows windows;
    private final AttentionPlans plans;
    private final AttentionShape shape;
    private final long part; // elements of query, key or value
    private final long sums;
    private final long biases;

    private WindowGraphs(CudaBackend cuda, WindowAttentionKernels.Windows windows, AttentionShape shape,
            AttentionPlans plans) {
        this.cuda = cuda;
        this.windows = windows;
        this.shape = shape;
        this.plans = plans;
        sums = (long) windows.count() * windows.heads() * windows.tokens();
        part = sums * windows.depth();
        biases = (long) shape.biasHeads() * windows.tokens() * windows.tokens();
    }

    /** Empty where kernels of our own have to compute it; {@code images} are those that it would read and write. */
    static Optional<WindowGraphs> of(WindowAttentionKernels.Windows windows, Tensor... images) {
        CudaBackend cuda = CudaBackend.of(images[0]);
        boolean fits = windows.depth() % FOUR == 0;
        for (Tensor image : images) {
            fits &= image.address() % (FOUR * F32) == 0 && image.size() <= Integer.MAX_VALUE;
        }
        int each = windows.count() / windows.images();
        int batch = windows.shifted() ? windows.images() : windows.count();
        int heads = windows.shifted() ? windows.heads() * each : windows.heads();
        long biases = (long) heads * windows.tokens() * windows.tokens();
        AttentionShape shape = new AttentionShape(batch, heads, windows.tokens(), windows.tokens(), windows.depth(), 1,
                heads);
        return fits && biases <= Integer.MAX_VALUE
                ? cuda.graphs().attention(shape).map(plans -> new WindowGraphs(cuda, windows, shape, plans))
                : Optional.empty();
    }

    /** Writes y and the log-sum-exp of qkv and bias. */
    void forward(Tensor[] in, Tensor[] out) {
        try (Pieces pieces = new Pieces(cuda, BF16 * 3 * part, BF16 * biases, BF16 * part, F32 * sums)) {
            forward(pieces, in[0], in[1]);
            image(JOIN, 1, out[0].address(), pieces.at(RESULT));
            cuda.launch(JOIN_SUMS).over(sums).pointer(out[1]).pointer(pieces.at(SUMS)).struct(windows(1))
                    .i32((int) sums).run();
        }
    }

    private void forward(Pieces pieces, Tensor qkv, Tensor bias) {
        image(SPLIT, 3, pieces.at(ROWS), qkv.address());
        cuda.launch(SPREAD).over(biases).pointer(pieces.at(BIAS)).pointer(bias).struct(windows(1))
                .i32(windows.table() ? 1 : 0).i32((int) biases).run();
        cuda.graphs().forward(plans, scale(), tensors(pieces));
    }

    /** Writes the gradients of qkv and bias, of the gradient of y, the log-sum-exp, qkv and bias. */
    void backward(Tensor[] in, Tensor[] out) {
        try (MemoryScope _ = MemoryScope.open("windowAttentionBackward");
                Pieces pieces = new Pieces(cuda, BF16 * 3 * part, BF16 * biases, BF16 * part, F32 * sums, BF16 * part,
                        BF16 * 3 * part, F32 * sums)) {
            Tensor biasSlope = Tensor.allocate(cuda, new Spec(Shape.of((int) biases), ElementType.BF16));
            forward(pieces, in[2], in[3]);
            image(SPLIT, 1, pieces.at(GRADIENT), in[0].address());
            long slopes = pieces.at(SLOPES);
            cuda.graphs().backward(plans, scale(), tensors(pieces), new AttentionSlopes(pieces.at(GRADIENT), slopes,
                    slopes + BF16 * part, slopes + BF16 * 2 * part, biasSlope.address(), pieces.at(MEANS)));
            image(JOIN, 3, out[0].address(), slopes);
            WindowAttentionKernels.bias(windows, windows.text(in[0], in[2], out[0]).function("bias_backward"),
                    shape.biasHeads() / windows.heads(), biasSlope.cast(ElementType.F32).address(), out[1]);
        }
    }

    private double scale() {
        return 1 / Math.sqrt(windows.depth());
    }

    private AttentionTensors tensors(Pieces pieces) {
        long rows = pieces.at(ROWS);
        return new AttentionTensors(rows, rows + BF16 * part, rows + BF16 * 2 * part, pieces.at(BIAS),
                pieces.at(RESULT), pieces.at(SUMS));
    }

    /** Moves so many parts between image and rows. */
    private void image(KernelFunction function, int parts, long to, long from) {
        int fours = (int) (parts * part / FOUR);
        cuda.launch(function).over(fours).pointer(to).pointer(from).struct(windows(parts)).i32(fours).run();
    }

    /** The struct Windows. */
    private byte[] windows(int parts) {
        return new Struct(36).i32(parts, windows.images(), windows.heads(), windows.depth())
                .i32(windows.op().window()).i32(windows.places()).bytes();
    }
}
