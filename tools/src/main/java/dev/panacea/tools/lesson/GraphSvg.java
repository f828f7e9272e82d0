package dev.panacea.tools.lesson;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws a {@link StepGraph} as SVG: it needs no other program, and a browser shows it. */
final class GraphSvg {
    private static final double MARGIN = 40;
    private static final double HEAD = 120;
    private static final double LINE = 16;
    private static final double LETTER = 7.3; // mean width in the fonts that browsers take, at 13 pixels

    private final StepGraph graph;
    private final Map<String, String> colours;
    private final StringBuilder svg = new StringBuilder();

    /** {@code colours} are those of the rooms. */
    GraphSvg(StepGraph graph, Map<String, String> colours) {
        this.graph = graph;
        this.colours = colours;
    }

    String draw(String title, String words) {
        List<double[]> sizes = graph.boxes().stream().map(GraphSvg::size).toList();
        GraphLayout layout = new GraphLayout(sizes, graph.arrows());
        double width = Math.max(layout.width(), 760) + 2 * MARGIN;
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %1$.0f %2$.0f\""
                + " font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\">\n", width,
                layout.height() + HEAD + 2 * MARGIN);
        add("<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\""
                + " orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#5a6b7c\"/></marker></defs>\n");
        add("<rect width=\"100%%\" height=\"100%%\" fill=\"#fbfcfd\"/>\n");
        text(MARGIN, MARGIN + 8, "font-size=\"22\" font-weight=\"bold\" fill=\"#1b2733\"", title);
        text(MARGIN, MARGIN + 34, "fill=\"#5a6b7c\"", words);
        legend(width);
        double shift = (width - layout.width()) / 2;
        add("<g transform=\"translate(%.1f %.1f)\">\n", shift, HEAD + MARGIN);
        for (int i = 0; i < graph.arrows().size(); i++) {
            arrow(graph.arrows().get(i), layout.way(i));
        }
        for (int i = 0; i < sizes.size(); i++) {
            box(graph.boxes().get(i), layout.middle(i), sizes.get(i));
        }
        return svg.append("</g>\n</svg>\n").toString();
    }

    private void legend(double width) {
        double x = MARGIN;
        double y = MARGIN + 56;
        for (String room : graph.boxes().stream().map(StepGraph.Box::room).distinct().toList()) {
            double wide = 34 + room.length() * LETTER;
            if (x + wide > width - MARGIN) {
                x = MARGIN;
                y += 24;
            }
            add("<rect x=\"%.1f\" y=\"%.1f\" width=\"16\" height=\"16\" rx=\"3\" fill=\"%s\" stroke=\"#5a6b7c\"/>\n", x,
                    y, colours.get(room));
            text(x + 22, y + 13, "fill=\"#1b2733\"", room);
            x += wide;
        }
    }

    private static double[] size(StepGraph.Box box) {
        int longest = Math.max((int) Math.ceil(box.title().length() * 1.06),
                box.lines().stream().mapToInt(line -> (int) Math.ceil(line.length() * 0.93)).max().orElse(0));
        boolean round = box.kind() != StepGraph.Kind.OPS;
        return new double[] {longest * LETTER + (round ? 36 : 24), (1 + box.lines().size()) * LINE + (round ? 18 : 14)};
    }

    private void box(StepGraph.Box box, double[] middle, double[] size) {
        double corner = box.kind() == StepGraph.Kind.OPS ? 6 : size[1] / 2;
        add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%.1f\" fill=\"%s\""
                + " stroke=\"#5a6b7c\"%s/>\n", middle[0] - size[0] / 2, middle[1] - size[1] / 2, size[0], size[1], corner,
                box.kind() == StepGraph.Kind.PARAMETER ? "#ffffff" : colours.get(box.room()),
                box.kind() == StepGraph.Kind.CONSTANT ? " stroke-dasharray=\"4 3\"" : "");
        double y = middle[1] - box.lines().size() * LINE / 2 + 5;
        text(middle[0], y, "text-anchor=\"middle\" font-weight=\"bold\" fill=\"#1b2733\"", box.title());
        for (String line : box.lines()) {
            y += LINE;
            text(middle[0], y, "text-anchor=\"middle\" font-size=\"12\" fill=\"#3c4a58\"", line);
        }
    }

    private void arrow(StepGraph.Arrow arrow, List<double[]> way) {
        StringBuilder path = new StringBuilder(String.format(Locale.ROOT, "M%.1f %.1f", way.getFirst()[0],
                way.getFirst()[1]));
        for (int k = 1; k < way.size(); k++) {
            double[] from = way.get(k - 1);
            double[] to = way.get(k);
            double half = (from[1] + to[1]) / 2;
            path.append(String.format(Locale.ROOT, "C%.1f %.1f %.1f %.1f %.1f %.1f", from[0], half, to[0], half, to[0],
                    to[1]));
        }
        add("<path d=\"%s\" fill=\"none\" stroke=\"#5a6b7c\" stroke-width=\"1.4\" marker-end=\"url(#tip)\"/>\n", path);
        double[] last = way.getLast();
        double[] before = way.get(way.size() - 2);
        text((before[0] + last[0]) / 2 + 6, (before[1] + last[1]) / 2 + 4, "font-size=\"11\" fill=\"#3c4a58\""
                + " stroke=\"#fbfcfd\" stroke-width=\"3\" paint-order=\"stroke\"", arrow.label());
    }

    private void text(double x, double y, String style, String words) {
        add("<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>\n", x, y, style,
                words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }

    private void add(String form, Object... values) {
        svg.append(String.format(Locale.ROOT, form, values));
    }
}
