package dev.panacea.ace.crop;

import dev.panacea.nn.ConfigException;

/**
 * The two crops of one picture: C1 at full and C2 at half resolution, in cells of the grid. Their offsets are both even
 * or both odd along each axis, so that a token of C2, which covers 2 × 2 cells, is exactly 2 × 2 tokens of C1. (The
 * paper needs this for its {@code p = {q1, q2, q3, q4}} and does not say how it is had; of offsets drawn freely, 3 in 4
 * are not so.)
 *
 * @param grid the grid
 * @param first C1
 * @param second C2
 */
public record CropPair(GridConfig grid, Region first, Region second) {
    /**
     * Checks the regions.
     *
     * @throws ConfigException if a region is of another size, leaves the picture or breaks the rule of parity
     */
    public CropPair {
        Region all = Region.square(0, 0, grid.imageCells());
        boolean sized = first.equals(Region.square(first.row(), first.column(), grid.viewCells()))
                && second.equals(Region.square(second.row(), second.column(), 2 * grid.viewCells()));
        if (!sized || !all.intersection(first).equals(first) || !all.intersection(second).equals(second)
                || (first.row() - second.row()) % 2 != 0 || (first.column() - second.column()) % 2 != 0) {
            throw new ConfigException("crops: " + first + " and " + second + " in " + grid.imageCells()
                    + " cells (need " + grid.viewCells() + " and " + 2 * grid.viewCells()
                    + " cells on a side, inside, offsets both even or both odd)");
        }
    }

    /** What both crops show, in cells; its sides are even numbers. */
    public Region overlap() {
        return first.intersection(second);
    }

    /** The overlap O1 in tokens of C1, which are cells. */
    public Region overlapInFirst() {
        return overlap().within(first);
    }

    /** The overlap O2 in tokens of C2, which are 2 × 2 cells. */
    public Region overlapInSecond() {
        Region cells = overlap().within(second);
        return new Region(cells.row() / 2, cells.column() / 2, cells.height() / 2, cells.width() / 2);
    }

    /** From the teacher's tokens of C2 to the student's composed tokens of C1 (14 × 14 to 7 × 7 in the paper). */
    public Correspondence composition() {
        return new Correspondence(grid.viewCells(), grid.viewCells() / 2, (second.row() - first.row()) / 2,
                (second.column() - first.column()) / 2);
    }

    /** From the teacher's tokens of C1 to the student's decomposed tokens of C2 (14 × 14 to 28 × 28 in the paper). */
    public Correspondence decomposition() {
        return new Correspondence(grid.viewCells(), 2 * grid.viewCells(), first.row() - second.row(),
                first.column() - second.column());
    }
}
