package dev.panacea.nn.explain;

import java.util.Arrays;

/**
 * How the tokens of a block lie in the picture: row by row, perhaps with a class token before them.
 *
 * @param rows of tokens
 * @param columns of tokens
 * @param classTokens 1 where a class token comes first, else 0
 */
public record TokenGrid(int rows, int columns, int classTokens) {
    /** How many tokens there are. */
    public int tokens() {
        return classTokens + rows * columns;
    }

    /** The number of the token at a place. */
    public int token(int row, int column) {
        return classTokens + row * columns + column;
    }

    /** Of one value for each token, those in the picture: [rows, columns]. */
    public double[] patches(double[] values) {
        return Arrays.copyOfRange(values, classTokens, tokens());
    }
}
