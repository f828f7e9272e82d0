package dev.panacea.ace.crop;

import dev.panacea.nn.ConfigException;

/**
 * The grid that crops are cut along (Sec. 3.1). The paper's picture of 1024 pixels has 32 × 32 cells of 32 pixels; crop
 * C1 is 14 × 14 cells, crop C2 is twice that on each side.
 *
 * @param imagePixels side of the square picture
 * @param cellPixels side of a cell, the paper's m; a token of C1 is one cell, so it is the backbone's stride as well
 * @param viewCells cells on a side of C1, an even number; C2 has twice as many
 * @param transposed an ablation, and wrong on purpose: pixels are cut with rows and columns exchanged, the target is
 *     not. The released code does so; then only 8–9 % of the pairs it takes for exact are
 */
public record GridConfig(int imagePixels, int cellPixels, int viewCells, boolean transposed) {
    /**
     * Checks the sizes.
     *
     * @throws ConfigException if cells do not fill the picture, C1 cannot be composed, or crops need not overlap
     */
    public GridConfig {
        if (cellPixels < 1 || imagePixels < cellPixels || imagePixels % cellPixels != 0) {
            throw new ConfigException("grid: picture of " + imagePixels + " pixels, cells of " + cellPixels
                    + " (need a multiple)");
        }
        if (viewCells < 2 || viewCells % 2 != 0 || 2 * viewCells > imagePixels / cellPixels) {
            throw new ConfigException("grid: view of " + viewCells + " cells, picture of " + imagePixels / cellPixels
                    + " (need an even number, 2 to half the picture's)");
        }
        if (3 * viewCells - imagePixels / cellPixels < 2) {
            throw new ConfigException("grid: crops of " + viewCells + " and " + 2 * viewCells + " cells in a picture "
                    + "of " + imagePixels / cellPixels + " overlap by fewer than 2"
                    + " (need larger views or a smaller picture)");
        }
    }

    /** The paper's: pictures of 1024 pixels, views of 448. */
    public static GridConfig paper() {
        return new GridConfig(1024, 32, 14, false);
    }

    /** Half of it: pictures of 512 pixels, cells of 16, views of 224. */
    public static GridConfig small() {
        return new GridConfig(512, 16, 14, false);
    }

    /** Cells on a side of the picture. */
    public int imageCells() {
        return imagePixels / cellPixels;
    }

    /** Side of both views: C1 as it is, C2 halved. */
    public int viewPixels() {
        return viewCells * cellPixels;
    }

    /** Cells by which any two crops overlap along each axis at least; 10 in the paper's grid. */
    public int leastOverlap() {
        return 3 * viewCells - imageCells();
    }
}
