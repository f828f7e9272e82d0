package dev.panacea.tensor;

import dev.panacea.tensor.op.AdaptiveAvgPool2d;
import dev.panacea.tensor.op.Add;
import dev.panacea.tensor.op.Argmax;
import dev.panacea.tensor.op.AvgPool2d;
import dev.panacea.tensor.op.BatchNorm2d;
import dev.panacea.tensor.op.Bilinear;
import dev.panacea.tensor.op.Conv2d;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Einsum;
import dev.panacea.tensor.op.Expand;
import dev.panacea.tensor.op.L2Normalize;
import dev.panacea.tensor.op.LayerNorm;
import dev.panacea.tensor.op.Linear;
import dev.panacea.tensor.op.LogSoftmax;
import dev.panacea.tensor.op.MatMul;
import dev.panacea.tensor.op.Max;
import dev.panacea.tensor.op.MaxPool2d;
import dev.panacea.tensor.op.Mean;
import dev.panacea.tensor.op.Min;
import dev.panacea.tensor.op.Mul;
import dev.panacea.tensor.op.Nearest;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Permute;
import dev.panacea.tensor.op.Reshape;
import dev.panacea.tensor.op.Slice;
import dev.panacea.tensor.op.Softmax;
import dev.panacea.tensor.op.Sum;
import dev.panacea.tensor.op.Variance;
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
        return apply(new Linear(), bias == null ? List.of(self(), weight) : List.of(self(), weight, bias)).getFirst();
    }

    /** Sum of products with another tensor, written with index letters: {@code "bhqd,bhkd->bhqk"}. */
    default T einsum(String equation, T other) {
        return apply(new Einsum(equation), List.of(self(), other)).getFirst();
    }

    /** Axes of this tensor in another order, those missing from the result summed over: {@code "bij->ji"}. */
    default T einsum(String equation) {
        return apply(new Einsum(equation), List.of(self())).getFirst();
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

    /** The same elements in contiguous memory of their own. */
    default T copy() {
        return apply(new Copy(), List.of(self())).getFirst();
    }
}
