package dev.panacea.ace.loss;

import dev.panacea.ace.crop.Region;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * The ⊕ of Sec. 3.2: the mean of the tokens that both crops show, {@code y⊕ = Avg(y[O])}. Patch tokens of a ViT too,
 * not its class token, as in both the paper and the released code.
 *
 * @param weights [B, 1, N]: one in the number of tokens inside, 0 outside
 */
public record OverlapPool(Tensor weights) {
    /** Pools the tokens of a square view over one region for each sample, in tokens. */
    public static OverlapPool of(List<Region> overlaps, int side) {
        float[] weights = new float[overlaps.size() * side * side];
        for (int sample = 0; sample < overlaps.size(); sample++) {
            Region overlap = overlaps.get(sample);
            for (int row = overlap.row(); row < overlap.row() + overlap.height(); row++) {
                for (int column = overlap.column(); column < overlap.column() + overlap.width(); column++) {
                    weights[(sample * side + row) * side + column] = 1f / overlap.size();
                }
            }
        }
        return new OverlapPool(Tensor.of(Shape.of(overlaps.size(), 1, side * side), weights));
    }

    /** Tokens [B, N, K] → [B, K]. */
    public <T extends TensorOps<T>> T pool(T tokens) {
        return tokens.lift(weights).matmul(tokens).squeeze(1);
    }
}
