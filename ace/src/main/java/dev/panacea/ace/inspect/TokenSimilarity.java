package dev.panacea.ace.inspect;

import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;

/** Which tokens are alike: cosines between those of one picture and those of another. */
public final class TokenSimilarity {
    private TokenSimilarity() {}

    /**
     * Cosines of tokens [.., K] and other tokens [.., K], in −1..1: [N, M], in the current memory scope.
     *
     * @throws dev.panacea.tensor.ShapeException if they differ in K
     */
    public static Tensor cosines(Tensor tokens, Tensor others) {
        try (MemoryScope scope = MemoryScope.open("cosines")) {
            return scope.keep(units(tokens).matmul(units(others).transpose(0, 1)));
        }
    }

    private static Tensor units(Tensor tokens) {
        return tokens.reshape(-1, tokens.dim(-1)).l2Normalize(-1, 1e-12);
    }

    /** For each token [.., K] the number of the one of the others [.., K] that is most like it. */
    public static int[] nearest(Tensor tokens, Tensor others) {
        int[] nearest = new int[(int) (tokens.size() / tokens.dim(-1))];
        try (MemoryScope _ = MemoryScope.open("nearest")) {
            double[] numbers = cosines(tokens, others).argmax(false, 1).toDoubles();
            for (int i = 0; i < nearest.length; i++) {
                nearest[i] = (int) numbers[i];
            }
        }
        return nearest;
    }
}
