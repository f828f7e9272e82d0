package dev.panacea.tensor.op;

import java.util.List;

/**
 * Inputs worth trying on an op. From each sample the sweeps make a shape check, a gradient check in F64, a comparison
 * of every kernel with the reference, and the same again with strided inputs.
 *
 * @param op the op with its attributes
 * @param inputs how to make the inputs
 * @param tolerance relative error allowed between kernel and reference in F32, before {@code reduction}
 * @param reduction how many products or terms one output element sums; the tolerance grows with its square root
 */
public record Sample(Op op, List<Input> inputs, double tolerance, long reduction) {
    /** A sample with the usual tolerance of 1e-5. */
    public static Sample of(Op op, Input... inputs) {
        return new Sample(op, List.of(inputs), 1e-5, 1);
    }

    /** The same sample with another tolerance; say why beside the call. */
    public Sample tolerance(double relative) {
        return new Sample(op, inputs, relative, reduction);
    }

    /** The same sample, whose output elements sum this many terms. */
    public Sample reduces(long terms) {
        return new Sample(op, inputs, tolerance, terms);
    }
}
