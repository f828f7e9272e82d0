package dev.panacea.ace.crop;

import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;

/**
 * Cuts two crops of a picture along its grid (Sec. 3.1).
 *
 * <pre>{@code
 * GridCropper cropper = new GridCropper(GridConfig.paper());
 * CropPair crops = cropper.draw(random);
 * Tensor c1 = cropper.first(picture, crops);   // [448, 448], native
 * Tensor c2 = cropper.second(picture, crops);  // [448, 448], from 896 pixels
 * }</pre>
 */
public final class GridCropper {
    private final GridConfig grid;

    /** A cropper of this grid. */
    public GridCropper(GridConfig grid) {
        this.grid = grid;
    }

    /** Draws two crops: C2 anywhere, C1 anywhere that C2's parity allows. Each draw from one source is the same. */
    public CropPair draw(RandomSource random) {
        int largest = grid.imageCells() - 2 * grid.viewCells();
        int row = below(random, 0, largest + 1);
        int column = below(random, 1, largest + 1);
        return new CropPair(grid,
                Region.square(alike(random, 2, row), alike(random, 3, column), grid.viewCells()),
                Region.square(row, column, 2 * grid.viewCells()));
    }

    /** An offset of C1 that is odd where the other is. */
    private int alike(RandomSource random, int index, int other) {
        int parity = other % 2;
        int largest = grid.imageCells() - grid.viewCells();
        return parity + 2 * below(random, index, (largest - parity) / 2 + 1);
    }

    private static int below(RandomSource random, int index, int bound) {
        return (int) ((random.bits(index) & 0xFFFFFFFFL) * bound >>> 32);
    }

    /**
     * The pixels of C1: picture [S, S] → [V, V].
     *
     * @throws ShapeException if the picture is not of the grid's size
     */
    public Tensor first(Tensor picture, CropPair crops) {
        return pixels(picture, crops.first()).contiguous();
    }

    /**
     * The pixels of C2 at half resolution, by bilinear interpolation, which at a half is the mean of 2 × 2 pixels:
     * picture [S, S] → [V, V].
     *
     * @throws ShapeException if the picture is not of the grid's size
     */
    public Tensor second(Tensor picture, CropPair crops) {
        int large = 2 * grid.viewPixels();
        return pixels(picture, crops.second()).reshape(1, 1, large, large)
                .bilinear(grid.viewPixels(), grid.viewPixels(), false).reshape(grid.viewPixels(), grid.viewPixels());
    }

    private Tensor pixels(Tensor picture, Region cells) {
        if (picture.shape().rank() != 2 || picture.dim(0) != grid.imagePixels()
                || picture.dim(1) != grid.imagePixels()) {
            throw new ShapeException("crop: picture is " + picture.shape() + " (need [" + grid.imagePixels() + ", "
                    + grid.imagePixels() + "])");
        }
        Region at = (grid.transposed() ? cells.transposed() : cells).times(grid.cellPixels());
        return picture.slice(0, at.row(), at.row() + at.height()).slice(1, at.column(), at.column() + at.width());
    }
}
