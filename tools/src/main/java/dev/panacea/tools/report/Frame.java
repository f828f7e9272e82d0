package dev.panacea.tools.report;

import java.util.Locale;

/**
 * The frame of a plot as SVG, and what is drawn in it.
 *
 * @param height of the plot; all are as wide
 * @param x its lower axis
 * @param y its left axis
 */
record Frame(int height, Axis x, Axis y) {
    private static final int WIDTH = 380;
    private static final int LEFT = 50;
    private static final int RIGHT = 8;
    private static final int TOP = 8;
    private static final int BOTTOM = 36;
    private static final double NEAR = 0.4; // of points nearer than this the eye sees one

    /** A frame over a range of numbers, from 0 to 1 upwards. */
    static Frame of(int height, double low, double high) {
        return new Frame(height, new Axis(low, high, LEFT, WIDTH - RIGHT), null).up(0, 1);
    }

    /** The same over another range upwards. */
    Frame up(double low, double high) {
        return new Frame(height, x, new Axis(low, high, height - BOTTOM, TOP));
    }

    /** The begin of a figure: its title; what is in it can be named before the caption is closed. */
    static String caption(String title) {
        return "<figure class=\"plot\"><figcaption><b>" + Page.escaped(title) + "</b>";
    }

    /** What a line in the figure is. */
    static String key(String kind, String name) {
        return " <span class=\"key " + kind + "\">" + Page.escaped(name) + "</span>";
    }

    /** What tells the page's script the axes, so that it shows values under the pointer. */
    String places() {
        return text(" data-x=\"%s,%s,%d,%d\" data-y=\"%s,%s,%d,%d\"", x.low(), x.high(), LEFT, WIDTH - RIGHT, y.low(),
                y.high(), height - BOTTOM, TOP);
    }

    /** The SVG with its axes, left open. */
    String begin(String title, String across, String up, String attributes) {
        StringBuilder svg = new StringBuilder(text("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\"%s>",
                WIDTH, height, Page.escaped(title), attributes));
        for (double tick : y.ticks(5)) {
            svg.append(text("<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" class=\"end\">%s</text>",
                    LEFT, y.at(tick), WIDTH - RIGHT, LEFT - 5, y.at(tick) + 3.5, Axis.number(tick)));
        }
        for (double tick : x.ticks(6)) {
            svg.append(text("<text x=\"%.1f\" y=\"%d\" class=\"mid\">%s</text>", x.at(tick), height - BOTTOM + 14,
                    Axis.number(tick)));
        }
        return svg.append(text("<text x=\"%d\" y=\"%d\" class=\"mid dim\">%s</text><text transform=\"translate(4 %d)"
                + " rotate(-90)\" class=\"mid dim\">%s</text>", (LEFT + WIDTH) / 2, height - 6, Page.escaped(across),
                (TOP + height - BOTTOM) / 2, Page.escaped(up))).toString();
    }

    /** A line through those points that are finite, without any that cannot be told from the one before. */
    String line(String kind, String name, double[] xs, double[] ys) {
        StringBuilder line = new StringBuilder("<polyline class=\"").append(kind).append("\" data-name=\"")
                .append(Page.escaped(name)).append("\" points=\"");
        double[] before = {Double.NaN, Double.NaN};
        for (int i = 0; i < xs.length; i++) {
            double across = x.at(xs[i]);
            double up = y.at(ys[i]);
            boolean near = Math.abs(across - before[0]) < NEAR && Math.abs(up - before[1]) < NEAR;
            if (Double.isFinite(ys[i]) && (!near || i == xs.length - 1)) {
                line.append(text("%.1f,%.2f ", across, up));
                before[0] = across;
                before[1] = up;
            }
        }
        return line.append("\"/>").toString();
    }

    /** A point. */
    String dot(String kind, double atX, double atY) {
        return text("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.2f\" r=\"4\"/>", kind, x.at(atX), y.at(atY));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
