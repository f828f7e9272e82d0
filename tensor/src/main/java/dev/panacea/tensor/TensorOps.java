package dev.panacea.tensor;

import dev.panacea.tensor.op.Abs;
import dev.panacea.tensor.op.AdaptiveAvgPool2d;
import dev.panacea.tensor.op.Add;
import dev.panacea.tensor.op.Affine;
import dev.panacea.tensor.op.Argmax;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.AvgPool2d;
import dev.panacea.tensor.op.BatchNorm2d;
import dev.panacea.tensor.op.BceWithLogits;
import dev.panacea.tensor.op.Bicubic;
import dev.panacea.tensor.op.Bilinear;
import dev.panacea.tensor.op.Cast;
import dev.panacea.tensor.op.Clamp;
import dev.panacea.tensor.op.Concat;
import dev.panacea.tensor.op.Conv2d;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.CrossEntropy;
import dev.panacea.tensor.op.Div;
import dev.panacea.tensor.op.DropPath;
import dev.panacea.tensor.op.Dropout;
import dev.panacea.tensor.op.Einsum;
import dev.panacea.tensor.op.Eq;
import dev.panacea.tensor.op.Exp;
import dev.panacea.tensor.op.Expand;
import dev.panacea.tensor.op.Flip;
import dev.panacea.tensor.op.Gather;
import dev.panacea.tensor.op.Ge;
import dev.panacea.tensor.op.Gelu;
import dev.panacea.tensor.op.Gt;
import dev.panacea.tensor.op.IndexSelect;
import dev.panacea.tensor.op.L2Normalize;
import dev.panacea.tensor.op.LayerNorm;
import dev.panacea.tensor.op.Le;
import dev.panacea.tensor.op.Linear;
import dev.panacea.tensor.op.Log;
import dev.panacea.tensor.op.LogSoftmax;
import dev.panacea.tensor.op.Lt;
import dev.panacea.tensor.op.MatMul;
import dev.panacea.tensor.op.Max;
import dev.panacea.tensor.op.MaxPool2d;
import dev.panacea.tensor.op.Maximum;
import dev.panacea.tensor.op.Mean;
import dev.panacea.tensor.op.Min;
import dev.panacea.tensor.op.Minimum;
import dev.panacea.tensor.op.Mse;
import dev.panacea.tensor.op.Mul;
import dev.panacea.tensor.op.Ne;
import dev.panacea.tensor.op.Nearest;
import dev.panacea.tensor.op.Neg;
import dev.panacea.tensor.op.OneHot;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Pad;
import dev.panacea.tensor.op.Permute;
import dev.panacea.tensor.op.Pow;
import dev.panacea.tensor.op.PowScalar;
import dev.panacea.tensor.op.Relu;
import dev.panacea.tensor.op.Reshape;
import dev.panacea.tensor.op.Roll;
import dev.panacea.tensor.op.Rsqrt;
import dev.panacea.tensor.op.ScatterAdd;
import dev.panacea.tensor.op.Sigmoid;
import dev.panacea.tensor.op.Sign;
import dev.panacea.tensor.op.Slice;
import dev.panacea.tensor.op.Softmax;
import dev.panacea.tensor.op.Split;
import dev.panacea.tensor.op.Sqrt;
import dev.panacea.tensor.op.Stack;
import dev.panacea.tensor.op.Sub;
import dev.panacea.tensor.op.Sum;
import dev.panacea.tensor.op.Tanh;
import dev.panacea.tensor.op.Variance;
import dev.panacea.tensor.op.Where;
import dev.panacea.tensor.op.WindowAttention;
import java.util.Arrays;
import java.util.List;

/**
 * The fluent surface of all ops, written once over {@link #apply} for two carriers: a {@link Tensor} computes, a
 * variable also records. A layer written against this interface serves training and inference alike.
 *
 * @param <T> the carrier itself
 */
public interface TensorOps<T extends TensorOps<T>> {
    /** Runs an op and returns its outputs. */
    List<T> apply(Op op, List<T> inputs);

    /** Shape and element type. */
    Spec spec();

    /** A constant among the carriers: through it no gradient flows. */
    T lift(Tensor constant);

    /** Whether ops are recorded for a gradient, so that it pays to keep what backward will read. */
    default boolean isRecorded() {
        return false;
    }

    /** This carrier as its own type. */
    @SuppressWarnings("unchecked")
    default T self() {
        return (T) this;
    }

    // Elementwise, broadcasting as NumPy does.

    /** Sum of two tensors. */
    default T add(T other) {
        return apply(new Add(), List.of(self(), other)).getFirst();
    }

    /** Product of two tensors. */
    default T mul(T other) {
        return apply(new Mul(), List.of(self(), other)).getFirst();
    }

    /** Difference of two tensors. */
    default T sub(T other) {
        return apply(new Sub(), List.of(self(), other)).getFirst();
    }

    /** Quotient of two tensors. */
    default T div(T other) {
        return apply(new Div(), List.of(self(), other)).getFirst();
    }

    /** This to the power of another tensor. */
    default T pow(T other) {
        return apply(new Pow(), List.of(self(), other)).getFirst();
    }

    /** The larger of two elements. */
    default T maximum(T other) {
        return apply(new Maximum(), List.of(self(), other)).getFirst();
    }

    /** The smaller of two elements. */
    default T minimum(T other) {
        return apply(new Minimum(), List.of(self(), other)).getFirst();
    }

    /** A multiple plus a constant, rounded once. */
    default T affine(double scale, double shift) {
        return apply(new Affine(scale, shift), List.of(self())).getFirst();
    }

    /** Each element to one power. */
    default T pow(double exponent) {
        return apply(new PowScalar(exponent), List.of(self())).getFirst();
    }

    /** The negative. */
    default T neg() {
        return apply(new Neg(), List.of(self())).getFirst();
    }

    /** The magnitude. */
    default T abs() {
        return apply(new Abs(), List.of(self())).getFirst();
    }

    /** The sign: -1, 0 or 1. */
    default T sign() {
        return apply(new Sign(), List.of(self())).getFirst();
    }

    /** The exponential. */
    default T exp() {
        return apply(new Exp(), List.of(self())).getFirst();
    }

    /** The natural logarithm. */
    default T log() {
        return apply(new Log(), List.of(self())).getFirst();
    }

    /** The square root. */
    default T sqrt() {
        return apply(new Sqrt(), List.of(self())).getFirst();
    }

    /** One over the square root. */
    default T rsqrt() {
        return apply(new Rsqrt(), List.of(self())).getFirst();
    }

    /** Moved into a range. */
    default T clamp(double low, double high) {
        return apply(new Clamp(low, high), List.of(self())).getFirst();
    }

    /** The logistic function. */
    default T sigmoid() {
        return apply(new Sigmoid(), List.of(self())).getFirst();
    }

    /** The hyperbolic tangent. */
    default T tanh() {
        return apply(new Tanh(), List.of(self())).getFirst();
    }

    /** The positive part. */
    default T relu() {
        return apply(new Relu(), List.of(self())).getFirst();
    }

    /** Gaussian error linear unit, exact. */
    default T gelu() {
        return apply(new Gelu(false), List.of(self())).getFirst();
    }

    /** Gaussian error linear unit in its tanh form. */
    default T geluTanh() {
        return apply(new Gelu(true), List.of(self())).getFirst();
    }

    /** 1 where equal, else 0, as U8. */
    default T eq(T other) {
        return apply(new Eq(), List.of(self(), other)).getFirst();
    }

    /** 1 where not equal, else 0, as U8. */
    default T ne(T other) {
        return apply(new Ne(), List.of(self(), other)).getFirst();
    }

    /** 1 where less, else 0, as U8. */
    default T lt(T other) {
        return apply(new Lt(), List.of(self(), other)).getFirst();
    }

    /** 1 where less or equal, else 0, as U8. */
    default T le(T other) {
        return apply(new Le(), List.of(self(), other)).getFirst();
    }

    /** 1 where greater, else 0, as U8. */
    default T gt(T other) {
        return apply(new Gt(), List.of(self(), other)).getFirst();
    }

    /** 1 where greater or equal, else 0, as U8. */
    default T ge(T other) {
        return apply(new Ge(), List.of(self(), other)).getFirst();
    }

    /** These elements where the mask (U8) is not 0, those of {@code other} elsewhere. */
    default T where(T mask, T other) {
        return apply(new Where(), List.of(mask, self(), other)).getFirst();
    }

    /** The same values with another element type. */
    default T cast(ElementType type) {
        return apply(new Cast(type), List.of(self())).getFirst();
    }

    /** Elements set to 0 at random, the others scaled up. For training only: {@code rate} 0 changes nothing. */
    default T dropout(double rate, RandomSource random) {
        return apply(new Dropout(rate, random), List.of(self())).getFirst();
    }

    /** Whole samples (indices of the first axis) set to 0 at random, the others scaled up. */
    default T dropPath(double rate, RandomSource random) {
        return apply(new DropPath(rate, random), List.of(self())).getFirst();
    }

    // Losses: scalars.

    /** Mean cross-entropy of these logits [.., C] with classes (I32, [..]) or probabilities [.., C]. */
    default T crossEntropy(T targets) {
        return crossEntropy(targets, 0);
    }

    /** Mean cross-entropy with a share of each target spread evenly over all classes. */
    default T crossEntropy(T targets, double smoothing) {
        return apply(new CrossEntropy(smoothing), List.of(self(), targets)).getFirst();
    }

    /** Mean binary cross-entropy of these logits with targets in 0..1. */
    default T bceWithLogits(T targets) {
        return apply(new BceWithLogits(), List.of(self(), targets)).getFirst();
    }

    /** Mean binary cross-entropy, each element weighted. */
    default T bceWithLogits(T targets, T weights) {
        return apply(new BceWithLogits(), List.of(self(), targets, weights)).getFirst();
    }

    /** Mean binary cross-entropy, each element weighted, and its positive part once more. */
    default T bceWithLogits(T targets, T weights, T positiveWeights) {
        return apply(new BceWithLogits(), List.of(self(), targets, weights, positiveWeights)).getFirst();
    }

    /** Mean of the squared differences. */
    default T mse(T target) {
        return apply(new Mse(), List.of(self(), target)).getFirst();
    }

    // Reductions. Negative axes count from the end; no axis means all.

    /** Sum over axes. */
    default T sum(boolean keepAxes, int... axes) {
        return apply(Sum.over(keepAxes, axes), List.of(self())).getFirst();
    }

    /** Arithmetic mean over axes. */
    default T mean(boolean keepAxes, int... axes) {
        return apply(Mean.over(keepAxes, axes), List.of(self())).getFirst();
    }

    /** Largest element over axes; equal ones share the gradient. */
    default T max(boolean keepAxes, int... axes) {
        return apply(Max.over(keepAxes, axes), List.of(self())).getFirst();
    }

    /** Smallest element over axes; equal ones share the gradient. */
    default T min(boolean keepAxes, int... axes) {
        return apply(Min.over(keepAxes, axes), List.of(self())).getFirst();
    }

    /** Variance over axes; correction 0 divides by the number of elements n, 1 by n - 1. */
    default T variance(int correction, boolean keepAxes, int... axes) {
        return apply(Variance.over(correction, keepAxes, axes), List.of(self())).getFirst();
    }

    /** Index of the first largest element as I32, along one axis or over all. */
    default T argmax(boolean keepAxes, int... axes) {
        return apply(Argmax.over(keepAxes, axes), List.of(self())).getFirst();
    }

    /** Softmax along one axis. */
    default T softmax(int axis) {
        return apply(new Softmax(axis), List.of(self())).getFirst();
    }

    /** Logarithm of the softmax along one axis. */
    default T logSoftmax(int axis) {
        return apply(new LogSoftmax(axis), List.of(self())).getFirst();
    }

    // Normalisation.

    /** Layer normalisation over the last axis, of size K, with gamma [K] and beta [K]. */
    default T layerNorm(T gamma, T beta, double epsilon) {
        return apply(new LayerNorm(epsilon), List.of(self(), gamma, beta)).getFirst();
    }

    /** Vectors along one axis scaled to length 1; those shorter than epsilon are divided by epsilon. */
    default T l2Normalize(int axis, double epsilon) {
        return apply(new L2Normalize(axis, epsilon), List.of(self())).getFirst();
    }

    /** Batch normalisation in training, of [B, C, H, W]: y, and the mean [C] and variance [C] of this batch. */
    default List<T> batchNorm2d(T gamma, T beta, double epsilon) {
        return apply(new BatchNorm2d(epsilon), List.of(self(), gamma, beta));
    }

    /** Batch normalisation in evaluation, of [B, C, H, W], by a given mean [C] and variance [C]. */
    default T batchNorm2d(T gamma, T beta, T mean, T variance, double epsilon) {
        return apply(new BatchNorm2d(epsilon), List.of(self(), gamma, beta, mean, variance)).getFirst();
    }

    // Images [B, C, H, W].

    /**
     * Two-dimensional convolution with weight [O, C / groups, KH, KW].
     *
     * @param bias one number for each output channel, or null
     */
    default T conv2d(Conv2d conv, T weight, T bias) {
        return apply(conv, bias == null ? List.of(self(), weight) : List.of(self(), weight, bias)).getFirst();
    }

    /** The largest element of each square window; padding is not looked at. */
    default T maxPool2d(int kernel, int stride, int padding) {
        return apply(new MaxPool2d(kernel, stride, padding), List.of(self())).getFirst();
    }

    /** The mean of each square window; padding counts as zeros. */
    default T avgPool2d(int kernel, int stride, int padding) {
        return apply(new AvgPool2d(kernel, stride, padding), List.of(self())).getFirst();
    }

    /** Means over a grid of a given size. */
    default T adaptiveAvgPool2d(int height, int width) {
        return apply(new AdaptiveAvgPool2d(height, width), List.of(self())).getFirst();
    }

    /** Resizes by bilinear interpolation. */
    default T bilinear(int height, int width, boolean alignCorners) {
        return apply(new Bilinear(height, width, alignCorners), List.of(self())).getFirst();
    }

    /** Resizes by cubic interpolation; {@code smooth} takes the mean of more elements where the image shrinks. */
    default T bicubic(int height, int width, boolean smooth) {
        return apply(new Bicubic(height, width, smooth), List.of(self())).getFirst();
    }

    /** Resizes by repeating or dropping rows and columns. */
    default T nearest(int height, int width) {
        return apply(new Nearest(height, width), List.of(self())).getFirst();
    }

    // Products.

    /** Matrix product of the last two axes, batched and broadcast over the axes before them. */
    default T matmul(T other) {
        return apply(new MatMul(), List.of(self(), other)).getFirst();
    }

    /**
     * A linear layer on the last axis: {@code x · weightᵀ + bias}, with weight [N, K].
     *
     * @param bias one number for each output, or null
     */
    default T linear(T weight, T bias) {
        return apply(new Linear(Linear.After.NOTHING),
                bias == null ? List.of(self(), weight) : List.of(self(), weight, bias)).getFirst();
    }

    /**
     * A linear layer followed by exact GELU, in one pass.
     *
     * @param bias one number for each output, or null
     */
    default T linearGelu(T weight, T bias) {
        return apply(new Linear(isRecorded() ? Linear.After.GELU_KEEPING : Linear.After.GELU),
                bias == null ? List.of(self(), weight) : List.of(self(), weight, bias)).getFirst();
    }

    /**
     * A linear layer to which a tensor [.., N] is added, in one pass: the end of a residual branch.
     *
     * @param bias one number for each output, or null
     */
    default T linearAdd(T weight, T bias, T residual) {
        return apply(new Linear(Linear.After.ADD),
                bias == null ? List.of(self(), weight, residual) : List.of(self(), weight, bias, residual)).getFirst();
    }

    /** Sum of products with another tensor, written with index letters: {@code "bhqd,bhkd->bhqk"}. */
    default T einsum(String equation, T other) {
        return apply(new Einsum(equation), List.of(self(), other)).getFirst();
    }

    /** Axes of this tensor in another order, those missing from the result summed over: {@code "bij->ji"}. */
    default T einsum(String equation) {
        return apply(new Einsum(equation), List.of(self())).getFirst();
    }

    // Attention.

    /** Scaled dot product attention: this is the query [B, h, N, D], key and value are [B, h, M, D]. */
    default T attention(T key, T value, double scale) {
        return apply(new Attention(scale), List.of(self(), key, value)).getFirst();
    }

    /** Attention with a float bias added to the scores, or a U8 mask of keys to keep; broadcast to [B, h, N, M]. */
    default T attention(T key, T value, double scale, T biasOrMask) {
        return apply(new Attention(scale), List.of(self(), key, value, biasOrMask)).getFirst();
    }

    /** Attention with a float bias added to the scores and a U8 mask of keys to keep; broadcast to [B, h, N, M]. */
    default T attention(T key, T value, double scale, T bias, T mask) {
        return apply(new Attention(scale), List.of(self(), key, value, bias, mask)).getFirst();
    }

    /**
     * Swin's attention in shifted windows: this is qkv [B, H, W, 3C]; the bias is a table [(2·window − 1)², h] or
     * [h, N, N]. The result is [B, H, W, C].
     */
    default T windowAttention(T bias, int window, int shift) {
        return apply(new WindowAttention(window, shift), List.of(self(), bias)).getFirst();
    }

    // Views: the result shares memory where strides allow.

    /** The same elements in another shape; one size may be -1 and follows from the others. */
    default T reshape(int... dims) {
        return apply(Reshape.to(dims), List.of(self())).getFirst();
    }

    /** The axes in another order. */
    default T permute(int... axes) {
        return apply(Permute.of(axes), List.of(self())).getFirst();
    }

    /** Two axes exchanged. */
    default T transpose(int first, int second) {
        Shape shape = spec().shape();
        int a = shape.axis("transpose", first);
        int b = shape.axis("transpose", second);
        int[] axes = new int[shape.rank()];
        Arrays.setAll(axes, axis -> axis == a ? b : axis == b ? a : axis);
        return permute(axes);
    }

    /** Elements {@code start} (inclusive) to {@code end} (exclusive) along one axis. */
    default T slice(int axis, int start, int end) {
        return slice(axis, start, end, 1);
    }

    /** Every {@code step}-th element from {@code start} (inclusive) to {@code end} (exclusive) along one axis. */
    default T slice(int axis, int start, int end, int step) {
        return apply(new Slice(axis, start, end, step), List.of(self())).getFirst();
    }

    /** One index of an axis, which disappears. */
    default T select(int axis, int index) {
        T slice = slice(axis, index, index + 1);
        return slice.reshape(slice.spec().shape().without(axis).dims());
    }

    /** Axes of size 1 repeated to the given sizes without a copy; new axes may come in front. */
    default T expand(int... dims) {
        return apply(Expand.to(dims), List.of(self())).getFirst();
    }

    /** A new axis of size 1 at {@code axis}. */
    default T unsqueeze(int axis) {
        int[] dims = spec().shape().dims();
        int at = axis < 0 ? axis + dims.length + 1 : axis;
        if (at < 0 || at > dims.length) {
            throw new ShapeException("unsqueeze: axis " + axis + " out of range for " + spec().shape() + " (need "
                    + (-dims.length - 1) + ".." + dims.length + ")");
        }
        int[] wider = new int[dims.length + 1];
        System.arraycopy(dims, 0, wider, 0, at);
        wider[at] = 1;
        System.arraycopy(dims, at, wider, at + 1, dims.length - at);
        return reshape(wider);
    }

    /** The same elements without an axis of size 1. */
    default T squeeze(int axis) {
        Shape shape = spec().shape();
        if (shape.dim(shape.axis("squeeze", axis)) != 1) {
            throw new ShapeException("squeeze: axis " + axis + " of " + shape + " (need size 1)");
        }
        return reshape(shape.without(axis).dims());
    }

    /** Axes {@code first} to {@code last}, both inclusive, merged into one. */
    default T flatten(int first, int last) {
        Shape shape = spec().shape();
        int from = shape.axis("flatten", first);
        int to = shape.axis("flatten", last);
        if (from > to) {
            throw new ShapeException("flatten: axes " + first + ".." + last + " of " + shape + " (need first <= last)");
        }
        int[] dims = new int[shape.rank() - (to - from)];
        Arrays.setAll(dims, axis -> axis == from ? Math.toIntExact(shape.product(from, to + 1))
                : shape.dim(axis < from ? axis : axis + to - from));
        return reshape(dims);
    }

    /** An axis cut into parts of these sizes, in order; each part carries its own gradient. */
    default List<T> split(int axis, int... sizes) {
        return apply(Split.into(axis, sizes), List.of(self()));
    }

    /** The elements along axes in the opposite order. */
    default T flip(int... axes) {
        return apply(Flip.of(axes), List.of(self())).getFirst();
    }

    // Moving data. An index is an I32 tensor, and out of range where it names no element.

    /** Tensors one after another along an axis. */
    static <T extends TensorOps<T>> T concat(int axis, List<T> parts) {
        return join(new Concat(axis), parts);
    }

    /** Tensors of one shape side by side along a new axis. */
    static <T extends TensorOps<T>> T stack(int axis, List<T> parts) {
        return join(new Stack(axis), parts);
    }

    private static <T extends TensorOps<T>> T join(Op op, List<T> parts) {
        if (parts.isEmpty()) {
            throw new ShapeException(op.name() + ": 0 inputs (need 1 or more)");
        }
        return parts.getFirst().apply(op, parts).getFirst();
    }

    /** The whole tensor repeated along each axis, one count for each axis. */
    default T tile(int... counts) {
        Shape shape = spec().shape();
        int rank = shape.rank();
        if (counts.length != rank) {
            throw new ShapeException("tile: counts " + Arrays.toString(counts) + " for " + shape
                    + " (need one for each axis)");
        }
        int[] apart = new int[2 * rank]; // [1, n_0, 1, n_1, ...]
        int[] repeated = new int[2 * rank];
        int[] dims = new int[rank];
        for (int axis = 0; axis < rank; axis++) {
            apart[2 * axis] = 1;
            repeated[2 * axis] = counts[axis];
            apart[2 * axis + 1] = repeated[2 * axis + 1] = shape.dim(axis);
            dims[axis] = Math.multiplyExact(counts[axis], shape.dim(axis));
        }
        return reshape(apart).expand(repeated).reshape(dims);
    }

    /** Each element along an axis repeated {@code count} times in its place. */
    default T repeat(int axis, int count) {
        Shape shape = spec().shape();
        int at = shape.axis("repeat", axis);
        T apart = unsqueeze(at + 1);
        return apart.expand(apart.spec().shape().with(at + 1, count).dims())
                .reshape(shape.with(at, Math.multiplyExact(shape.dim(at), count)).dims());
    }

    /** Zeros before and after each axis. */
    default T pad(int[] before, int[] after) {
        return apply(Pad.zeros(before, after), List.of(self())).getFirst();
    }

    /** Elements before and after each axis: a constant, the mirror image or the edge; see {@link Pad}. */
    default T pad(int[] before, int[] after, Pad.Mode mode, double value) {
        return apply(Pad.of(before, after, mode, value), List.of(self())).getFirst();
    }

    /** The elements shifted along axes, round the end. */
    default T roll(int[] shifts, int... axes) {
        return apply(Roll.by(shifts, axes), List.of(self())).getFirst();
    }

    /** For every entry of the index the element that it names along an axis; the result has the index's shape. */
    default T gather(int axis, Tensor index) {
        return apply(new Gather(axis), List.of(self(), lift(index))).getFirst();
    }

    /** The source's elements added to those that the index names along an axis. */
    default T scatterAdd(int axis, Tensor index, T source) {
        return apply(new ScatterAdd(axis), List.of(self(), lift(index), source)).getFirst();
    }

    /** Whole slices along an axis, named by an index vector. */
    default T indexSelect(int axis, Tensor index) {
        return apply(new IndexSelect(axis), List.of(self(), lift(index))).getFirst();
    }

    /** For I32 labels the F32 rows with a one at the label, along a new last axis. */
    default T oneHot(int classes) {
        return apply(new OneHot(classes), List.of(self())).getFirst();
    }

    /** The same elements in contiguous memory of their own. */
    default T copy() {
        return apply(new Copy(), List.of(self())).getFirst();
    }
}
