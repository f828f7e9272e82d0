package dev.panacea.nn.explain;

import dev.panacea.nn.model.Backbone;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Attention rollout (Abnar and Zuidema 2020): how much of each token at the first block reaches a token at the last.
 * Of each block counts the mean of its heads, and the residual as much as they: Â = ½ A + ½ I, and the rollout is
 * Â_L · … · Â_1, whose rows sum to 1.
 *
 * <p>The paper has one sequence throughout. In a Swin Transformer, whose tokens merge between stages, a merged token
 * hands its relevance in equal parts to those it was made of, and attention reaches as far as its window. Zeros that
 * fill up windows do not count. Nothing but products of a row with matrices is computed, so large pictures cost little.
 */
public final class Rollout {
    private final List<AttentionMap> blocks = new ArrayList<>(); // one head each

    private Rollout() {}

    /**
     * Reads the attention of all blocks.
     *
     * @param pictures [B, C, H, W]
     */
    public static Rollout of(Backbone backbone, Tensor pictures) {
        Rollout rollout = new Rollout();
        AttentionMap.each(backbone, pictures, map -> rollout.blocks.add(map.mean()));
        return rollout;
    }

    /** How the tokens of the first block lie: what results are about. */
    public TokenGrid grid() {
        return blocks.getFirst().grid();
    }

    /** How the tokens of the last block lie. */
    public TokenGrid lastGrid() {
        return blocks.getLast().grid();
    }

    /** A row of the rollout: what reaches one token of the last block, [tokens of the first]. */
    public double[] row(int picture, int token) {
        double[] relevance = new double[lastGrid().tokens()];
        relevance[token] = 1;
        return back(picture, relevance);
    }

    /** What reaches the pooled embedding: the class token where there is one, else the mean of all tokens. */
    public double[] pooled(int picture) {
        if (lastGrid().classTokens() > 0) {
            return row(picture, 0);
        }
        double[] relevance = new double[lastGrid().tokens()];
        Arrays.fill(relevance, 1.0 / relevance.length);
        return back(picture, relevance);
    }

    private double[] back(int picture, double[] relevance) {
        double[] result = relevance;
        TokenGrid grid = lastGrid();
        for (AttentionMap block : blocks.reversed()) {
            if (!block.grid().equals(grid)) {
                result = parted(result, grid, block.grid());
                grid = block.grid();
            }
            result = block.back(picture, result);
        }
        return result;
    }

    /** From merged tokens to the two, three or four of the finer grid that each was made of. */
    private static double[] parted(double[] merged, TokenGrid from, TokenGrid to) {
        double[] result = new double[to.tokens()];
        for (int row = 0; row < to.rows(); row++) {
            for (int column = 0; column < to.columns(); column++) {
                int sharing = Math.min(2, to.rows() - row / 2 * 2) * Math.min(2, to.columns() - column / 2 * 2);
                result[to.token(row, column)] = merged[from.token(row / 2, column / 2)] / sharing;
            }
        }
        return result;
    }
}
