package dev.panacea.ace.landmark;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.study.Plot;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** Draws two pictures side by side: dots where landmarks are, in the second crosses where they were found. */
final class FoundPicture {
    private static final int SIDE = 640;
    private static final int GAP = 16;
    private static final int HEAD = 32;

    private FoundPicture() {}

    static Plot draw(String title, Picture first, Picture second, List<Found> found) {
        BufferedImage image = new BufferedImage(2 * SIDE + GAP, SIDE + HEAD, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.setColor(Color.BLACK);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 18));
        graphics.drawString("queries (dots)", 4, HEAD - 10);
        graphics.drawString("true places (dots), found ones (crosses)", SIDE + GAP + 4, HEAD - 10);
        graphics.drawImage(grey(first), 0, HEAD, SIDE, SIDE, null);
        graphics.drawImage(grey(second), SIDE + GAP, HEAD, SIDE, SIDE, null);
        double scale = (double) SIDE / first.width();
        for (int i = 0; i < found.size(); i++) {
            graphics.setColor(Color.getHSBColor((float) i / found.size(), 0.9f, 1));
            dot(graphics, shown(found.get(i).query(), scale, 0));
            Point truth = shown(found.get(i).truth(), scale, SIDE + GAP);
            Point place = shown(found.get(i).place(), scale, SIDE + GAP);
            dot(graphics, truth);
            graphics.setStroke(new BasicStroke(1));
            graphics.draw(new Line2D.Double(truth.x(), truth.y(), place.x(), place.y()));
            cross(graphics, place);
        }
        graphics.dispose();
        return new Plot.Drawn(title, image);
    }

    private static Point shown(Point place, double scale, double left) {
        return new Point(left + place.x() * scale, HEAD + place.y() * scale);
    }

    private static void dot(Graphics2D graphics, Point at) {
        graphics.fill(new Ellipse2D.Double(at.x() - 5, at.y() - 5, 10, 10));
    }

    private static void cross(Graphics2D graphics, Point at) {
        graphics.setStroke(new BasicStroke(3));
        graphics.draw(new Line2D.Double(at.x() - 7, at.y() - 7, at.x() + 7, at.y() + 7));
        graphics.draw(new Line2D.Double(at.x() - 7, at.y() + 7, at.x() + 7, at.y() - 7));
    }

    private static BufferedImage grey(Picture picture) {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < picture.height(); row++) {
            for (int column = 0; column < picture.width(); column++) {
                float value = Math.clamp(picture.value(row, column, 0), 0f, 1f);
                image.setRGB(column, row, Math.round(255 * value) * 0x10101);
            }
        }
        return image;
    }
}
