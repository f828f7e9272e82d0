package dev.panacea.nn;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;

/** What a parameter holds before training. */
@FunctionalInterface
public interface Initial {
    /** All zeros. */
    Initial ZEROS = (random, dims) -> Tensor.zeros(dims);

    /** All ones. */
    Initial ONES = (random, dims) -> Tensor.full(ElementType.F32, 1, dims);

    /** The weights of transformers: normal with deviation 0.02, cut off at two deviations. */
    Initial TRANSFORMER = truncatedNormal(0.02);

    /** A tensor of these sizes; random numbers come from {@code random} alone. */
    Tensor make(RandomSource random, int... dims);

    /**
     * Normal around 0, with what lies beyond two deviations drawn again. timm's {@code trunc_normal_} cuts at ±2 by
     * default, which at a deviation of 0.02 cuts nothing: there values deviate by 0.02, here by 0.0176.
     */
    static Initial truncatedNormal(double deviation) {
        return (random, dims) -> random.truncatedNormal(0, deviation, dims);
    }

    /** Uniform between {@code -1 / √fanIn} and {@code 1 / √fanIn}: PyTorch's default of linear and convolution. */
    static Initial uniform(int fanIn) {
        double limit = 1 / Math.sqrt(fanIn);
        return (random, dims) -> random.uniform(-limit, limit, dims);
    }
}
