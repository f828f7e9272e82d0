package dev.panacea.tools.lesson;

import dev.panacea.tools.Letters;
import dev.panacea.tools.Png;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.IntBinaryOperator;

/** A dark board to draw a lesson on: pictures, outlines, words. Lengths are in pixels. */
final class Board {
    static final int INK = 0xE8EEF4;
    static final int FAINT = 0x93A4B5;
    private static final int GROUND = 0x15202B;

    private final BufferedImage image;
    private final Graphics2D pen;
    private final boolean letters;

    Board(int width, int height) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        letters = Letters.canBe(pen);
        fill(0, 0, width, height, GROUND, 1);
    }

    /** Says so where words cannot be written. */
    void tell(PrintWriter err) {
        if (!letters) {
            err.println("the picture has no words: this machine has no fonts (install fontconfig and a font)");
            err.flush();
        }
    }

    /** Writes to the right of a point on the base line. */
    Board text(double x, double y, int size, int colour, String words) {
        return write(x, y, 0, Letters.font(size, false), colour, words);
    }

    /** A title. */
    Board title(double x, double y, int size, int colour, String words) {
        return write(x, y, 0, Letters.font(size, true), colour, words);
    }

    /** Writes with the middle at {@code x}. */
    Board centred(double x, double y, int size, int colour, String words) {
        return write(x, y, 0.5, Letters.font(size, false), colour, words);
    }

    /** Writes to the left of {@code x}. */
    Board before(double x, double y, int size, int colour, String words) {
        return write(x, y, 1, Letters.font(size, false), colour, words);
    }

    /** Writes upwards, with the middle at a point. */
    Board upwards(double x, double y, int size, int colour, String words) {
        pen.rotate(-Math.PI / 2, x, y);
        centred(x, y, size, colour, words);
        pen.rotate(Math.PI / 2, x, y);
        return this;
    }

    private Board write(double x, double y, double share, Font font, int colour, String words) {
        if (letters) {
            pen.setFont(font);
            pen.setColor(new Color(colour));
            FontMetrics metrics = pen.getFontMetrics();
            pen.drawString(words, (float) (x - share * metrics.stringWidth(words)), (float) y);
        }
        return this;
    }

    /** Fills a rectangle. */
    Board fill(double x, double y, double width, double height, int colour, double opacity) {
        pen.setColor(new Color(colour >> 16 & 255, colour >> 8 & 255, colour & 255, (int) Math.round(255 * opacity)));
        pen.fill(new Rectangle2D.Double(x, y, width, height));
        return this;
    }

    /** Outlines a rectangle, the middle of the line on its edge. */
    Board outline(Rectangle2D box, double thickness, int colour) {
        pen.setColor(new Color(colour));
        pen.setStroke(new BasicStroke((float) thickness, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
        pen.draw(box);
        return this;
    }

    /** The lines between {@code count} × {@code count} squares. */
    Board grid(Rectangle2D box, int count, int colour, double opacity) {
        for (int i = 1; i < count; i++) {
            fill(box.getX() + i * box.getWidth() / count - 0.5, box.getY(), 1, box.getHeight(), colour, opacity);
            fill(box.getX(), box.getY() + i * box.getHeight() / count - 0.5, box.getWidth(), 1, colour, opacity);
        }
        return this;
    }

    /** Draws pixels, each colour asked for by row and column, stretched over a rectangle without smoothing. */
    Board pixels(Rectangle2D box, int rows, int columns, IntBinaryOperator colour) {
        BufferedImage pixels = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                pixels.setRGB(column, row, colour.applyAsInt(row, column));
            }
        }
        return draw(box, pixels, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    }

    /** Draws a grey picture, 0 black to 1 white, row by row, smoothly stretched over a square. */
    Board grey(Rectangle2D box, float[] values) {
        int side = (int) Math.round(Math.sqrt(values.length));
        BufferedImage pixels = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < values.length; i++) {
            pixels.setRGB(i % side, i / side, Math.round(255 * Math.clamp(values[i], 0, 1)) * 0x10101);
        }
        return draw(box, pixels, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    }

    private Board draw(Rectangle2D box, BufferedImage pixels, Object interpolation) {
        pen.setRenderingHint(RenderingHints.KEY_INTERPOLATION, interpolation);
        pen.drawImage(pixels, (int) box.getX(), (int) box.getY(), (int) box.getWidth(), (int) box.getHeight(), null);
        return this;
    }

    /** Writes the board as a PNG. */
    void write(Path file) {
        pen.dispose();
        Png.write(file, "picture", image);
    }
}
