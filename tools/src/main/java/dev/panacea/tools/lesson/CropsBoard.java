package dev.panacea.tools.lesson;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.Region;
import java.awt.geom.Rectangle2D;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Draws the picture with its grid and crops on the left, both crops and views on the right, p and its q below. */
final class CropsBoard {
    private static final int C1 = 0xFFB347;
    private static final int C2 = 0x56B4E9;
    private static final int BOTH = 0x8BD17C;
    private static final int DARK = 0x101820;
    private static final int LINES = 0x4FC3D9;
    private static final int WIDTH = 1712;
    private static final int HEIGHT = 1188;
    private static final int LARGE = 800;
    private static final int SMALL = 376;

    private final CropPair crops;
    private final Augment augment;
    private final Map<String, List<float[]>> made;
    private final TokenPair token;
    private final Board board = new Board(WIDTH, HEIGHT);

    /** {@code made} is what the parts of making views have made, by the names of the classes. */
    CropsBoard(CropPair crops, Augment augment, Map<String, List<float[]>> made) {
        this.crops = crops;
        this.augment = augment;
        this.made = made;
        token = TokenPair.of(crops, richest());
    }

    TokenPair token() {
        return token;
    }

    /** The token of C2 in the overlap, away from its edge where it can be, that has the most to see. */
    private int richest() {
        int side = crops.grid().viewCells();
        Region within = crops.overlapInSecond();
        int best = within.row() * side + within.column();
        double most = -1;
        for (int row = within.row(); row < within.row() + within.height(); row++) {
            for (int column = within.column(); column < within.column() + within.width(); column++) {
                double variance = variance(patch(made.get("GridCropper").get(1), row * side + column));
                if (variance > most) {
                    most = variance;
                    best = row * side + column;
                }
            }
        }
        return best;
    }

    private static double variance(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += value * value;
        }
        return squares / values.length - sum * sum / values.length / values.length;
    }

    /** The pixels of one token of a view. */
    private float[] patch(float[] view, int number) {
        int side = crops.grid().viewCells();
        int cell = crops.grid().cellPixels();
        float[] values = new float[cell * cell];
        for (int i = 0; i < values.length; i++) {
            values[i] = view[(number / side * cell + i / cell) * crops.grid().viewPixels()
                    + number % side * cell + i % cell];
        }
        return values;
    }

    Board draw(String name, Path out) {
        board.title(40, 52, 26, Board.INK, "Two crops on one grid");
        board.text(40, 82, 16, Board.FAINT, ("%s: %d × %2$d cells of %d pixels. Offsets of both crops are %s along"
                + " rows, %s along columns.").formatted(name, crops.grid().imageCells(),
                crops.grid().cellPixels(), parity(crops.first().row()),
                parity(crops.first().column())));
        picture(new Rectangle2D.Double(40, 112, LARGE, LARGE));
        String view = "%d × %1$d tokens".formatted(crops.grid().viewCells());
        int pixels = crops.grid().viewPixels();
        panel(896, 112, 0, "GridCropper", "C1: %d pixels as they are, %s".formatted(pixels, view));
        panel(1296, 112, 1, "GridCropper", "C2: %d pixels halved, %s".formatted(2 * pixels, view));
        panel(896, 536, 0, "Augment", "x1: C1 with grey values changed at random");
        panel(1296, 536, 1, "Augment", "x2: C2 with others; nothing moves");
        zoom(40, 972);
        legend(896, 972);
        board.write(out);
        return board;
    }

    private static String parity(int number) {
        return number % 2 == 0 ? "even" : "odd";
    }

    private void picture(Rectangle2D.Double box) {
        board.grey(box, made.get("ResizedCrop").getFirst());
        board.grid(box, crops.grid().imageCells(), LINES, 0.3);
        Rectangle2D overlap = box(box, crops.overlap());
        board.fill(overlap.getX(), overlap.getY(), overlap.getWidth(), overlap.getHeight(), BOTH, 0.2);
        board.outline(box(box, crops.second()), 4, C2);
        board.outline(box(box, crops.first()), 4, C1);
        board.outline(box(box, token.cells()), 3, 0xFFFFFF);
        tag(box(box, crops.second()), C2, "C2");
        tag(box(box, crops.first()), C1, "C1");
        for (int cell = 0; cell < crops.grid().imageCells(); cell += 4) {
            double at = (cell + 0.5) * LARGE / crops.grid().imageCells();
            board.before(box.x - 6, box.y + at + 5, 12, Board.FAINT, Integer.toString(cell));
            board.centred(box.x + at, box.y + LARGE + 18, 12, Board.FAINT, Integer.toString(cell));
        }
    }

    private void tag(Rectangle2D box, int colour, String name) {
        board.fill(box.getX() - 2, box.getY() - 2, 40, 28, colour, 1);
        board.title(box.getX() + 4, box.getY() + 19, 18, DARK, name);
    }

    private Rectangle2D.Double box(Rectangle2D.Double picture, Region cells) {
        double cell = picture.width / crops.grid().imageCells();
        return new Rectangle2D.Double(picture.x + cells.column() * cell, picture.y + cells.row() * cell,
                cells.width() * cell, cells.height() * cell);
    }

    /** One of the two views with its tokens, the overlap and p or q1 to q4. */
    private void panel(double x, double y, int view, String room, String words) {
        Rectangle2D.Double box = new Rectangle2D.Double(x, y, SMALL, SMALL);
        float[] values = made.get(room).get(view);
        if (room.equals("Augment")) {
            values = values.clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (values[i] * augment.deviation() + augment.mean());
            }
        }
        int side = crops.grid().viewCells();
        double tokenSide = (double) SMALL / side;
        board.grey(box, values).grid(box, side, LINES, 0.3);
        Region overlap = view == 0 ? crops.overlapInFirst() : crops.overlapInSecond();
        board.fill(x + overlap.column() * tokenSide, y + overlap.row() * tokenSide, overlap.width() * tokenSide,
                overlap.height() * tokenSide, BOTH, 0.2);
        board.outline(box, 4, view == 0 ? C1 : C2);
        for (int number : view == 0 ? token.q() : List.of(token.p())) {
            board.outline(new Rectangle2D.Double(x + number % side * tokenSide, y + number / side * tokenSide,
                    tokenSide, tokenSide), 3, 0xFFFFFF);
        }
        board.text(x, y + SMALL + 24, 15, view == 0 ? C1 : C2, words);
    }

    /** p on the left; the four q as they lie, a little apart. */
    private void zoom(double x, double y) {
        int one = 168;
        int half = 84;
        Rectangle2D.Double large = new Rectangle2D.Double(x, y, one, one);
        board.grey(large, patch(made.get("GridCropper").get(1), token.p())).outline(large, 4, C2);
        board.centred(x + one / 2.0, y + one + 24, 15, C2, "p: token %d of C2".formatted(token.p()));
        board.title(x + one + 28, y + one / 2.0 + 10, 32, Board.INK, "=");
        for (int k = 0; k < 4; k++) {
            Rectangle2D.Double box = new Rectangle2D.Double(x + one + 80 + k % 2 * (half + 8),
                    y + k / 2 * (half + 8) - 4, half, half);
            board.grey(box, patch(made.get("GridCropper").getFirst(), token.q().get(k))).outline(box, 3, C1);
            board.fill(box.x, box.y, 26, 22, C1, 1).text(box.x + 5, box.y + 16, 14, DARK, "q" + (k + 1));
        }
        board.centred(x + one + 80 + half + 4, y + one + 24, 15, C1,
                "q1..q4: tokens %s of C1".formatted(token.q().toString().replaceAll("[\\[\\]]", "")));
        double words = x + one + 80 + 2 * half + 44;
        board.text(words, y + 22, 16, Board.INK, "The same pixels, seen twice.");
        board.text(words, y + 54, 15, Board.FAINT, "Composition: the teacher's p and what the");
        board.text(words, y + 76, 15, Board.FAINT, "student composes of q1..q4 should match.");
        board.text(words, y + 108, 15, Board.FAINT, "Decomposition: the teacher's q1..q4 and what");
        board.text(words, y + 130, 15, Board.FAINT, "the student makes of p should match.");
    }

    private void legend(double x, double y) {
        Region overlap = crops.overlap();
        line(x, y, C1, "C1", described(crops.first()));
        line(x, y + 36, C2, "C2", described(crops.second()));
        line(x, y + 72, BOTH, "both", described(overlap) + "; %d at least, whatever is drawn".formatted(
                crops.grid().leastOverlap()));
        line(x, y + 108, 0xFFFFFF, "p, q", "row %d, column %d, 2 × 2 cells".formatted(token.cells().row(),
                token.cells().column()));
        board.text(x, y + 168, 15, Board.FAINT, "In the overlap: %d pairs of a token of C2 and a composed one of C1,"
                .formatted(overlap.size() / 4));
        board.text(x, y + 190, 15, Board.FAINT, "%d pairs of a token of C1 and a decomposed one of C2.".formatted(
                overlap.size()));
    }

    private void line(double x, double y, int colour, String name, String words) {
        board.fill(x, y, 22, 22, colour, name.equals("both") ? 0.6 : 1);
        board.title(x + 34, y + 17, 16, Board.INK, name);
        board.text(x + 92, y + 17, 16, Board.INK, words);
    }

    private static String described(Region cells) {
        return "row %d, column %d, %d × %d cells".formatted(cells.row(), cells.column(), cells.height(),
                cells.width());
    }
}
