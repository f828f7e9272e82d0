package dev.panacea.ace.train;

import dev.panacea.tensor.TensorOps;

/**
 * Tokens of both views, in rows and columns, [B, h, w, K] each.
 *
 * @param tokens1 the backbone's, of C1: what the global loss pools
 * @param tokens2 the backbone's, of C2
 * @param dense1 those for matching, of C1: from the dense head, or the backbone's where there is none
 * @param dense2 those for matching, of C2
 * @param <T> tensors of the teacher, variables of the student
 */
public record Encoding<T extends TensorOps<T>>(T tokens1, T tokens2, T dense1, T dense2) {
    /** Rows and columns [B, h, w, K] in one sequence, [B, h·w, K]. */
    static <T extends TensorOps<T>> T sequence(T tokens) {
        return tokens.flatten(1, 2);
    }
}
