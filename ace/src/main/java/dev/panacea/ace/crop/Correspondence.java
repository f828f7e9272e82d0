package dev.panacea.ace.crop;

/**
 * Which token of the student shows the same pixels as a token of the teacher: the one that many rows and columns
 * further. Both count row by row, in tokens that cover equal parts of the picture. Integers only, so exact.
 *
 * @param teacherSide tokens on a side of the teacher's view
 * @param studentSide tokens on a side of the student's view, composed or decomposed
 * @param rows student's row less teacher's row
 * @param columns student's column less teacher's column
 */
public record Correspondence(int teacherSide, int studentSide, int rows, int columns) {
    /** The student's token that shows what a token of the teacher shows, or -1 where the student's view has none. */
    public int partner(int teacherToken) {
        int row = teacherToken / teacherSide + rows;
        int column = teacherToken % teacherSide + columns;
        boolean inside = row >= 0 && row < studentSide && column >= 0 && column < studentSide;
        return inside ? row * studentSide + column : -1;
    }
}
