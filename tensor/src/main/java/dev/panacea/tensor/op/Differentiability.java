package dev.panacea.tensor.op;

/** How gradients flow through an op. */
public enum Differentiability {
    /** The op has a vjp. */
    SMOOTH,
    /** The result is a constant to its inputs (comparisons, argmax, random numbers): no gradient flows. */
    CONSTANT,
    /** A gradient exists in mathematics but not here: asking for it is refused (fused backward ops). */
    REFUSED
}
