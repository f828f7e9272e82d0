package dev.panacea.tools.report;

import dev.panacea.ace.crop.Region;
import java.util.List;
import java.util.Locale;

/** A part of a film as SVG in the page: the film's own pixels, by reference, and what is drawn on them. */
final class Pane {
    private final StringBuilder svg = new StringBuilder();
    private final Region at;
    private final String caption;

    /**
     * A part of a film without anything on it.
     *
     * @param film its number in the page
     * @param at pixels of the square film
     */
    Pane(int film, Region at, String caption) {
        this.at = at;
        this.caption = caption;
        svg.append("<use href=\"#film").append(film).append("\"/>");
    }

    /** The films once, for all panes to refer to. */
    static String films(List<Shown> films) {
        StringBuilder defs = new StringBuilder("<svg class=\"defs\" aria-hidden=\"true\"><defs>\n");
        for (int film = 0; film < films.size(); film++) {
            int side = films.get(film).all().width();
            defs.append("<image id=\"film").append(film).append("\" width=\"").append(side).append("\" height=\"")
                    .append(side).append("\" preserveAspectRatio=\"none\" href=\"").append(films.get(film).address())
                    .append("\"/>\n");
        }
        return defs.append("</defs></svg>\n").toString();
    }

    /** Lays a map over the pane, one pixel a token. */
    Pane map(String address, double opacity) {
        svg.append("<image class=\"map\" x=\"").append(at.column()).append("\" y=\"").append(at.row())
                .append("\" width=\"").append(at.width()).append("\" height=\"").append(at.height())
                .append("\" preserveAspectRatio=\"none\" opacity=\"").append(opacity).append("\" href=\"")
                .append(address).append("\"/>");
        return this;
    }

    /** Outlines a region, in pixels of the film. */
    Pane outline(Region region, String kind) {
        svg.append(String.format(Locale.ROOT,
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" vector-effect="
                        + "\"non-scaling-stroke\"/>",
                kind, region.column(), region.row(), region.width(), region.height()));
        return this;
    }

    /** Writes a letter or two into the middle of a region. */
    Pane label(Region region, String words) {
        double size = 0.06 * at.width();
        double x = region.column() + region.width() / 2.0;
        double y = region.row() + region.height() / 2.0 + 0.36 * size; // the letters' middle, not their foot
        svg.append(String.format(Locale.ROOT,
                "<text class=\"label\" x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\">%s</text>", x, y, size,
                Page.escaped(words)));
        return this;
    }

    /** The pane as HTML. */
    String html() {
        return html("");
    }

    /** The same with attributes of its own. */
    String html(String attributes) {
        return "<figure class=\"pane\"><svg viewBox=\"" + at.column() + " " + at.row() + " " + at.width() + " "
                + at.height() + "\" " + attributes + ">" + svg + "</svg><figcaption>" + Page.escaped(caption)
                + "</figcaption></figure>\n";
    }
}
