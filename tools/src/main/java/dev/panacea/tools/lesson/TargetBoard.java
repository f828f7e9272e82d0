package dev.panacea.tools.lesson;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.Region;
import dev.panacea.ace.loss.MatchingConfig;
import java.awt.geom.Rectangle2D;
import java.nio.file.Path;
import java.util.Locale;

/** Draws both targets: the matrix, the teacher's token i, and what the student's tokens should give for it. */
final class TargetBoard {
    private static final int WIDTH = 1712;
    private static final int HEIGHT = 1530;
    private static final int C1 = 0xFFB347;
    private static final int C2 = 0x56B4E9;
    private static final int MARK = 0xFF4F6D;
    private static final int EMPTY = 0x101820;
    private static final int ZERO = 0x253849;
    private static final int[] RAMP = {ZERO, 0x3B3F8F, 0xA13E97, 0xF0735A, 0xFCF4B0};

    private final CropPair crops;
    private final MatchingConfig config;
    private final Board board = new Board(WIDTH, HEIGHT);

    TargetBoard(CropPair crops, MatchingConfig config) {
        this.crops = crops;
        this.config = config;
    }

    Board draw(TargetMatrix composition, int p, TargetMatrix decomposition, int q, Path out) {
        board.title(40, 52, 26, Board.INK, "What should match: Eq. 4");
        board.text(40, 84, 16, Board.FAINT, ("T[i, j] = exp(-(Δx² + Δy²) / 2σ²) within %d × %1$d tokens round the"
                + " partner, else 0; σ = %s tokens. C1 at row %d, column %d; C2 at row %d, column %d.").formatted(
                config.kernel(), config.sigma(), crops.first().row(), crops.first().column(), crops.second().row(),
                crops.second().column()));
        ramp(1340, 40);
        board.title(40, 142, 20, C2,
                "Composition: the teacher's tokens of C2 against those the student composes of C1");
        int scale = Math.max(1, Math.min(784 / composition.rows(), 400 / composition.columns()));
        matrix(120, 190, scale, composition, p);
        double x = 120 + scale * composition.columns() + 90;
        grids(x, 190, composition, p, crops.overlapInSecond(), "C2, the teacher's", "C1, composed by the student");
        words(x, 190 + 660, composition);
        board.title(40, 1050, 20, C1,
                "Decomposition: the teacher's tokens of C1 against those the student makes of C2");
        scale = Math.max(1, Math.min(392 / decomposition.rows(), 800 / decomposition.columns()));
        matrix(120, 1090, scale, decomposition, q);
        x = 120 + scale * decomposition.columns() + 60;
        grids(x, 1090, decomposition, q, crops.overlapInFirst(), "C1, the teacher's", "C2, decomposed by the student");
        board.write(out);
        return board;
    }

    private void words(double x, double y, TargetMatrix composition) {
        board.text(x, y, 15, Board.INK, "Marked on the left: row i of T, one number for each of the student's tokens,"
                + " laid out here as they lie.");
        board.text(x, y + 28, 15, Board.FAINT, "A token of C2 covers 2 × 2 cells, and so does one composed of 2 × 2"
                + " tokens of C1: partners show the same pixels.");
        board.text(x, y + 52, 15, Board.FAINT, ("At the border of the student's view the Gaussian is cut off. Of %,d"
                + " entries %,d are above 0, so those weigh more: α.").formatted(composition.values().length,
                composition.positive()));
    }

    private static int colour(double value) {
        double at = Math.clamp(value, 0, 1) * (RAMP.length - 1);
        int k = Math.min((int) at, RAMP.length - 2);
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double mixed = (RAMP[k] >> shift & 255) * (1 - (at - k)) + (RAMP[k + 1] >> shift & 255) * (at - k);
            rgb |= (int) Math.round(mixed) << shift;
        }
        return rgb;
    }

    private void ramp(double x, double y) {
        board.pixels(new Rectangle2D.Double(x, y, 256, 18), 1, 256, (row, column) -> colour(column / 255.0));
        for (int k = 0; k <= 4; k++) {
            board.centred(x + 64 * k, y + 36, 13, Board.FAINT, Double.toString(k / 4.0));
        }
        board.fill(x, y + 50, 14, 14, EMPTY, 1).outline(new Rectangle2D.Double(x, y + 50, 14, 14), 1, Board.FAINT);
        board.text(x + 22, y + 62, 13, Board.FAINT, "no partner: a row of zeros, which stays in the mean");
    }

    private void matrix(double x, double y, int scale, TargetMatrix target, int i) {
        double width = scale * target.columns();
        double height = scale * target.rows();
        Rectangle2D.Double box = new Rectangle2D.Double(x, y, width, height);
        board.pixels(box, target.rows(), target.columns(),
                (row, column) -> target.hasPartner(row) ? colour(target.value(row, column)) : EMPTY);
        board.outline(new Rectangle2D.Double(x - 1, y - 1, width + 2, height + 2), 1, Board.FAINT);
        board.outline(new Rectangle2D.Double(x - 3, y + scale * i - 2, width + 6, scale + 4), 2, MARK);
        board.before(x - 10, y + scale * (i + 0.5) + 5, 14, MARK, "i " + i);
        board.before(x - 10, y + 12, 12, Board.FAINT, "0");
        board.before(x - 10, y + height, 12, Board.FAINT, Integer.toString(target.rows() - 1));
        board.text(x, y - 8, 12, Board.FAINT, "0");
        board.before(x + width, y - 8, 12, Board.FAINT, Integer.toString(target.columns() - 1));
        board.centred(x + width / 2, y - 8, 13, Board.FAINT, "student's token j");
        board.upwards(x - 64, y + height / 2, 13, Board.FAINT, "teacher's token i");
        board.centred(x + width / 2, y + height + 22, 13, Board.FAINT, "T [%d, %d]".formatted(target.rows(),
                target.columns()));
    }

    /** The teacher's tokens with i marked, and row i of the matrix laid out as the student's tokens lie. */
    private void grids(double x, double y, TargetMatrix target, int i, Region overlap, String teacher, String student) {
        int n = target.pairs().teacherSide();
        int m = target.pairs().studentSide();
        double side = target.name().equals("composition") ? 600 : 340;
        double token = side / n;
        Rectangle2D.Double box = new Rectangle2D.Double(x, y, side, side);
        board.fill(x, y, side, side, EMPTY, 1);
        board.fill(x + overlap.column() * token, y + overlap.row() * token, overlap.width() * token,
                overlap.height() * token, 0x8BD17C, 0.35);
        board.grid(box, n, 0xFFFFFF, 0.15).outline(box, 2, Board.FAINT);
        board.fill(x + i % n * token, y + i / n * token, token, token, MARK, 1);
        board.text(x, y - 8, 14, Board.INK, "%s %d × %2$d tokens".formatted(teacher, n));
        board.text(x, y + side + 22, 13, Board.FAINT, "green: both crops show it");
        double gap = side > 400 ? 60 : 30;
        Rectangle2D.Double given = new Rectangle2D.Double(x + side + gap, y, side, side);
        board.pixels(given, m, m, (row, column) -> target.hasPartner(i) ? colour(target.value(i, row * m + column))
                : EMPTY);
        board.grid(given, m, 0xFFFFFF, 0.15).outline(given, 2, Board.FAINT);
        board.text(given.x, y - 8, 14, Board.INK, "%s: row %d of T".formatted(student, i));
        numbers(given, target, i);
    }

    private void numbers(Rectangle2D.Double box, TargetMatrix target, int i) {
        int m = target.pairs().studentSide();
        double token = box.width / m;
        if (token < 40 || !target.hasPartner(i)) {
            return;
        }
        for (int j = 0; j < m * m; j++) {
            double value = target.value(i, j);
            if (value > 0) {
                board.centred(box.x + (j % m + 0.5) * token, box.y + (j / m + 0.5) * token + 6, 17,
                        value > 0.5 ? 0x201018 : 0xFFFFFF, String.format(Locale.ROOT, "%.3f", value));
            }
        }
    }
}
