package dev.panacea.nn.model;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** The learned positions of a Vision Transformer, made for one grid of patches and used for another. */
public final class PositionEmbedding {
    private PositionEmbedding() {}

    /**
     * Positions [1, 1 + g², C] of a square grid → [1, 1 + rows · columns, C]. The class token's, which comes first,
     * stays as it is. The others are interpolated as PyTorch does with {@code mode="bicubic", align_corners=False} and
     * without {@code antialias}, as DINO has it. A gradient flows through.
     *
     * @throws ShapeException if the patches are not a square number
     */
    public static <T extends TensorOps<T>> T resized(T positions, int rows, int columns) {
        Shape s = positions.spec().shape();
        int side = s.rank() == 3 ? (int) Math.round(Math.sqrt(s.dim(1) - 1.0)) : 0;
        if (side < 1 || s.dim(0) != 1 || side * side + 1 != s.dim(1)) {
            throw new ShapeException("position embedding: " + s
                    + " (need [1, 1 + g², C]: a class token, then a square)");
        }
        if (rows == side && columns == side) {
            return positions;
        }
        T grid = positions.slice(1, 1, s.dim(1)).reshape(1, side, side, s.dim(2)).permute(0, 3, 1, 2); // [1, C, g, g]
        T patches = grid.bicubic(rows, columns, false).permute(0, 2, 3, 1).reshape(1, rows * columns, s.dim(2));
        return TensorOps.concat(1, List.of(positions.slice(1, 0, 1), patches));
    }
}
