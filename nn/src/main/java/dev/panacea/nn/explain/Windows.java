package dev.panacea.nn.explain;

/**
 * Which tokens attend to one another: windows as Swin cuts them out of a picture that is filled up at the bottom and on
 * the right, and shifted cyclically; or one window for all, as in a Vision Transformer.
 *
 * @param grid the tokens
 * @param cells [windows, n]: the number of each place in the picture that is filled up
 * @param tokens [windows, n]: the number of the token at each place of each window, −1 where the picture has none
 * @param regions [windows, n]: only places of the same region are neighbours, others were brought together by the shift
 */
record Windows(TokenGrid grid, int[][] cells, int[][] tokens, int[][] regions) {
    /** One window in which every token sees every other. */
    static Windows whole(TokenGrid grid) {
        int[] all = new int[grid.tokens()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        return new Windows(grid, new int[][] {all}, new int[][] {all}, new int[1][all.length]);
    }

    /** Windows of {@code side × side} tokens; where one covers the picture along an axis, nothing is shifted there. */
    static Windows of(TokenGrid grid, int side, int shift) {
        int down = Math.ceilDiv(grid.rows(), side);
        int across = Math.ceilDiv(grid.columns(), side);
        int downShift = down == 1 ? 0 : shift;
        int acrossShift = across == 1 ? 0 : shift;
        int[][] cells = new int[down * across][side * side];
        int[][] tokens = new int[down * across][side * side];
        int[][] regions = new int[down * across][side * side];
        for (int window = 0; window < tokens.length; window++) {
            for (int place = 0; place < side * side; place++) {
                int y = window / across * side + place / side + downShift;
                int x = window % across * side + place % side + acrossShift;
                int row = y % (down * side);
                int column = x % (across * side);
                boolean inside = row < grid.rows() && column < grid.columns();
                cells[window][place] = row * across * side + column;
                tokens[window][place] = inside ? grid.token(row, column) : -1;
                regions[window][place] = (y >= down * side ? 2 : 0) + (x >= across * side ? 1 : 0);
            }
        }
        return new Windows(grid, cells, tokens, regions);
    }

    int count() {
        return tokens.length;
    }

    int size() {
        return tokens[0].length;
    }

    /** The window and the place of a token, as window · n + place. */
    int find(int token) {
        for (int window = 0; window < count(); window++) {
            for (int place = 0; place < size(); place++) {
                if (tokens[window][place] == token) {
                    return window * size() + place;
                }
            }
        }
        throw new IndexOutOfBoundsException("token " + token + " (need 0.." + (grid.tokens() - 1) + ")");
    }
}
