package dev.panacea.tools.transfer;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Resize;
import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.example.Placement;
import dev.panacea.ace.example.ViewConfig;
import dev.panacea.ace.metric.HeatMap;
import dev.panacea.tools.Letters;
import dev.panacea.tools.Png;
import dev.panacea.tools.report.Heat;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;

/**
 * A film in grey with answers drawn on it, at its own proportions; its longer side is of 512 to 1024 pixels. Places are
 * shares of its sides.
 */
final class FilmOverlay {
    private static final int LEAST = 512;
    private static final int MOST = 1024;
    private static final Placement WHOLE = ViewConfig.usual(1).whole();
    private static final double HOTTEST = 0.6; // opacity of the largest value of a map
    private static final double TINT = 0.22; // opacity of a mask inside its outline
    private static final int[] COLOURS = {0xFF4F6D, 0x56B4E9, 0xFFD23F, 0x8BD17C, 0xB388FF, 0xFFB347, 0x2EE6C8,
        0xFF8AD8};

    private final BufferedImage image;
    private final Graphics2D pen;
    private final int letter; // size of words in pixels

    /** A film to draw on, as {@link #shown} made it. */
    FilmOverlay(Picture shown) {
        image = new BufferedImage(shown.width(), shown.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < shown.width() * shown.height(); i++) {
            image.setRGB(i % shown.width(), i / shown.width(),
                    Math.round(255 * Math.clamp(shown.values()[i], 0f, 1f)) * 0x10101);
        }
        pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        letter = Math.max(shown.width(), shown.height()) / 50 + 2;
    }

    /** A grey picture in the size in which it is drawn on; any thread may make it. */
    static Picture shown(Picture film) {
        int longer = Math.max(film.width(), film.height());
        double factor = (double) Math.clamp(longer, LEAST, MOST) / longer;
        return new Resize(Math.max(1, (int) Math.rint(film.height() * factor)),
                Math.max(1, (int) Math.rint(film.width() * factor)), Resize.Filter.BILINEAR).apply(film);
    }

    /** The colour of a label. */
    static int colour(int label) {
        return COLOURS[label % COLOURS.length];
    }

    /** Lays a map of the whole picture over it, clear where it is 0, densest at its largest value. */
    FilmOverlay heat(HeatMap map) {
        float[] values = WHOLE.back(map.values(), map.width(), image.getWidth(), image.getHeight());
        float most = 0;
        for (float value : map.values()) {
            most = Math.max(most, value);
        }
        for (int i = 0; i < values.length && most > 0; i++) {
            double share = Math.max(0, values[i] / most);
            mix(i, Heat.colour(share), HOTTEST * Math.sqrt(share));
        }
        return this;
    }

    /**
     * Tints what is inside of a mask of the whole picture, and draws its outline.
     *
     * @param map [pixels, pixels], inside where it is above one half
     */
    FilmOverlay mask(float[] map, int pixels, int colour) {
        int width = image.getWidth();
        float[] values = WHOLE.back(map, pixels, width, image.getHeight());
        int reach = Math.max(1, letter / 10); // half the outline
        for (int i = 0; i < values.length; i++) {
            boolean inside = values[i] > 0.5f;
            boolean edge = false;
            for (int away = 1; away <= reach; away++) {
                for (int step : new int[] {-away, away}) {
                    int column = i % width + step;
                    int row = i + step * width;
                    edge |= column >= 0 && column < width && values[i + step] > 0.5f != inside
                            || row >= 0 && row < values.length && values[row] > 0.5f != inside;
                }
            }
            if (edge || inside) {
                mix(i, colour, edge ? 1 : TINT);
            }
        }
        return this;
    }

    private void mix(int at, int colour, double opacity) {
        int column = at % image.getWidth();
        int row = at / image.getWidth();
        int below = image.getRGB(column, row);
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = below >> shift & 255;
            mixed |= (int) Math.round(from + opacity * ((colour >> shift & 255) - from)) << shift;
        }
        image.setRGB(column, row, mixed);
    }

    /** Marks a place, with its name beside it. */
    FilmOverlay point(Point share, String name, int colour) {
        double x = share.x() * image.getWidth();
        double y = share.y() * image.getHeight();
        double radius = letter / 3.0;
        pen.setStroke(new BasicStroke(letter / 5f));
        pen.setColor(Color.BLACK);
        pen.draw(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
        pen.setColor(new Color(colour));
        pen.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
        return words(x + 1.7 * radius, y + letter * 0.35, name, colour);
    }

    /** Outlines a rectangle. */
    FilmOverlay box(Box shares, int colour) {
        pen.setStroke(new BasicStroke(letter / 6f));
        pen.setColor(new Color(colour));
        pen.draw(new Rectangle2D.Double(shares.x() * image.getWidth(), shares.y() * image.getHeight(),
                shares.width() * image.getWidth(), shares.height() * image.getHeight()));
        return this;
    }

    /** Names of labels in their colours, in the upper left corner. */
    FilmOverlay legend(List<String> names) {
        for (int label = 0; label < names.size(); label++) {
            words(letter * 0.5, letter * (1.2 + 1.3 * label), names.get(label), colour(label));
        }
        return this;
    }

    /** Words on a dark ground, moved into the picture; none where the machine has no letters. */
    private FilmOverlay words(double x, double baseline, String words, int colour) {
        if (Letters.canBe(pen)) {
            pen.setFont(Letters.font(letter, false));
            FontMetrics metrics = pen.getFontMetrics();
            int width = metrics.stringWidth(words);
            double left = Math.clamp(x, 0, Math.max(0, image.getWidth() - width - letter * 0.3));
            double base = Math.clamp(baseline, metrics.getAscent(),
                    Math.max(metrics.getAscent(), image.getHeight() - metrics.getDescent()));
            pen.setColor(new Color(0, 0, 0, 150));
            pen.fill(new Rectangle2D.Double(left - letter * 0.2, base - metrics.getAscent(), width + letter * 0.4,
                    metrics.getAscent() + metrics.getDescent()));
            pen.setColor(new Color(colour));
            pen.drawString(words, (float) left, (float) base);
        }
        return this;
    }

    /** Writes it as a PNG. */
    void write(Path file) {
        pen.dispose();
        Png.write(file, "overlay", image);
    }
}
