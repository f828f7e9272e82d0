package dev.panacea.tools.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * How numbers of pictures are spread, one row for each group: every number a dot, as long as they are few, over a box
 * from the first to the third quarter, with the median and a line from 5 to 95 %.
 */
final class Strips {
    private static final int WIDTH = 440;
    private static final int LEFT = 130;
    private static final int RIGHT = 12;
    private static final int ROW = 24;
    private static final int BOTTOM = 36;
    private static final int DOTS = 200; // of a row, at most
    private static final int LETTERS = 20; // of a row's name

    /** Numbers of a group, rising, none of them NaN. */
    private record Row(String name, String kind, double[] sorted) {
        /** The number below which a share of them lies. */
        double at(double share) {
            double place = share * (sorted.length - 1);
            int below = (int) place;
            int above = Math.min(below + 1, sorted.length - 1);
            return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
        }
    }

    private final String title;
    private final String unit;
    private final List<Row> rows = new ArrayList<>();

    Strips(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    /** One more group; numbers that are NaN are left out. */
    Strips row(String name, int label, double[] values) {
        rows.add(new Row(name, Colours.kind(label), Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted()
                .toArray()));
        return this;
    }

    /**
     * The figure as HTML.
     *
     * @param high the end of the axis, which begins at 0; what is larger is not drawn
     */
    String html(double high) {
        int foot = ROW * rows.size() + 8;
        Axis x = new Axis(0, high, LEFT, WIDTH - RIGHT);
        StringBuilder svg = new StringBuilder(Frame.caption(title)).append(text("</figcaption><svg"
                + " viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, foot + BOTTOM, Page.escaped(title)));
        for (double tick : x.ticks(6)) {
            svg.append(text("<path class=\"grid\" d=\"M%.1f 4V%d\"/><text x=\"%.1f\" y=\"%d\" class=\"mid\">%s</text>",
                    x.at(tick), foot, x.at(tick), foot + 14, Axis.number(tick)));
        }
        svg.append(text("<text x=\"%d\" y=\"%d\" class=\"mid dim\">%s</text>", (LEFT + WIDTH) / 2, foot + 30,
                Page.escaped(unit)));
        for (int i = 0; i < rows.size(); i++) {
            row(svg, x, rows.get(i), ROW * i + ROW / 2 + 4);
        }
        return svg.append("</svg></figure>\n").toString();
    }

    private static void row(StringBuilder svg, Axis x, Row row, int y) {
        String shown = row.name.length() > LETTERS ? row.name.substring(0, LETTERS - 1) + "…" : row.name;
        svg.append(text("<text x=\"%d\" y=\"%d\" class=\"end\">%s<title>%s</title></text>", LEFT - 8, y + 4,
                Page.escaped(shown), Page.escaped(row.name)));
        int count = row.sorted.length;
        if (count == 0) {
            svg.append(text("<text x=\"%d\" y=\"%d\" class=\"dim\">none</text>", LEFT + 4, y + 4));
            return;
        }
        double[] places = DoubleStream.of(0.05, 0.25, 0.5, 0.75, 0.95).map(share -> x.at(Math.min(row.at(share),
                x.high()))).toArray();
        svg.append(text("<g class=\"strip %s\"><path d=\"M%.1f %dH%.1f\"/><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\""
                + " height=\"12\"/>", row.kind, places[0], y, places[4], places[1], y - 6, places[3] - places[1]));
        int each = Math.ceilDiv(count, DOTS);
        for (int i = 0; i < count && row.sorted[i] <= x.high(); i += each) {
            svg.append(text("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.7\"/>", x.at(row.sorted[i]),
                    y + 6 * ((i / each * 0.618) % 1 - 0.5))); // not in line, so that equal ones can be told apart
        }
        svg.append(text("<path class=\"median\" d=\"M%.1f %dv16\"/></g>", places[2], y - 8));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
