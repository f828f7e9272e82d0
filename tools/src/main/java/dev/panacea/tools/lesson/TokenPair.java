package dev.panacea.tools.lesson;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.Region;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A token p of C2 and the four of C1 that show the same pixels.
 *
 * @param p number of the token in C2, row by row
 * @param cells the 2 × 2 cells that it covers
 * @param q numbers of q1, q2, q3, q4 in C1, row by row
 */
record TokenPair(int p, Region cells, List<Integer> q) {
    /** The pair of a token of C2 that lies in the overlap. */
    static TokenPair of(CropPair crops, int p) {
        int side = crops.grid().viewCells();
        Region cells = Region.square(crops.second().row() + 2 * (p / side),
                crops.second().column() + 2 * (p % side), 2);
        Region inFirst = cells.within(crops.first());
        return new TokenPair(p, cells, IntStream.range(0, 4)
                .mapToObj(k -> (inFirst.row() + k / 2) * side + inFirst.column() + k % 2).toList());
    }
}
