package dev.panacea.tools.report;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.Region;
import dev.panacea.ace.inspect.MatchingMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What networks make of the pictures, before training and after, as maps on the films. */
final class Maps {
    private static final double MOST = 2.5e6; // bytes of tokens in the page

    private final List<Shown> films;
    private final Look random;
    private final Look trained;

    Maps(List<Shown> films, Look random, Look trained) {
        this.films = films;
        this.random = random;
        this.trained = trained;
    }

    /** Both crops on the films, and some tokens of C2 with the four of C1 that show the same. */
    String crops() {
        StringBuilder html = new StringBuilder(Pane.films(films)).append("<div class=\"panes two\">\n");
        for (int film = 0; film < films.size(); film++) {
            Shown shown = films.get(film);
            CropPair crops = shown.views().crops();
            Pane whole = new Pane(film, shown.all(), "film: C1 blue, C2 orange")
                    .outline(shown.pixels(crops.overlap()), "overlap").outline(shown.second(), "c2")
                    .outline(shown.first(), "c1");
            Pane first = new Pane(film, shown.first(), "C1, " + crops.grid().viewPixels() + " pixels");
            Pane second = new Pane(film, shown.second(), "C2, " + 2 * crops.grid().viewPixels() + " pixels, halved");
            List<Region> pairs = pairs(crops);
            for (int k = 0; k < pairs.size(); k++) {
                Region cells = pairs.get(k);
                for (int q = 0; q < 4; q++) {
                    first.outline(shown.pixels(Region.square(cells.row() + q / 2, cells.column() + q % 2, 1)),
                            "pair p" + k);
                }
                second.outline(shown.pixels(cells), "pair p" + k);
                first.label(shown.pixels(cells), Integer.toString(k + 1));
                second.label(shown.pixels(cells), Integer.toString(k + 1));
            }
            html.append("<div><div class=\"panes three\">\n").append(whole.html()).append(first.html())
                    .append(second.html()).append("</div>\n<p class=\"name\">").append(name(shown))
                    .append("</p></div>\n");
        }
        return html.append("</div>\n").toString();
    }

    private static String name(Shown shown) {
        return Page.escaped(shown.views().name());
    }

    /** Three tokens of C2 in the overlap, in cells of the picture. */
    private static List<Region> pairs(CropPair crops) {
        Region tokens = crops.overlapInSecond();
        List<Region> pairs = new ArrayList<>();
        for (double[] at : new double[][] {{0.2, 0.25}, {0.5, 0.75}, {0.8, 0.35}}) {
            int row = tokens.row() + (int) (at[0] * tokens.height());
            int column = tokens.column() + (int) (at[1] * tokens.width());
            Region cells = Region.square(crops.second().row() + 2 * row, crops.second().column() + 2 * column, 2);
            if (!pairs.contains(cells)) {
                pairs.add(cells);
            }
        }
        return pairs;
    }

    /** M before and after training above its target, of the first film. */
    String matches() {
        StringBuilder html = new StringBuilder("<div class=\"bar\"><span>0</span><i style=\"background:url("
                + Heat.map(ramp(), 64) + ") center/100% 100%\"></i><span>1</span></div>\n");
        if (!trained.matches().composition().isEmpty()) {
            html.append("<h3>Composition: tokens of C2 across, composed tokens of C1 down</h3>\n");
            matrices(html, random.matches().composition().getFirst(), trained.matches().composition().getFirst(), true);
        }
        if (!trained.matches().decomposition().isEmpty()) {
            html.append("<h3>Decomposition: decomposed tokens of C2 across, tokens of C1 down</h3>\n");
            matrices(html, random.matches().decomposition().getFirst(), trained.matches().decomposition().getFirst(),
                    false);
        }
        return html.toString();
    }

    private static float[] ramp() {
        float[] ramp = new float[64];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = i / 63f;
        }
        return ramp;
    }

    private static void matrices(StringBuilder html, MatchingMap early, MatchingMap late, boolean turned) {
        matrix(html, "M, random weights: " + found(early), early.matches(), early, turned);
        matrix(html, "M, trained: " + found(late), late.matches(), late, turned);
        matrix(html, "T, as it should be", late.target(), late, turned);
    }

    private static String found(MatchingMap map) {
        return String.format(Locale.ROOT, "partner found by %.0f %% of the tokens that have one", 100 * map.found());
    }

    /** Rows are the teacher's tokens, or columns where the matrix is turned. */
    private static void matrix(StringBuilder html, String caption, float[] values, MatchingMap map, boolean turned) {
        float[] shown = values;
        int width = map.columns();
        if (turned) {
            shown = new float[values.length];
            width = map.rows();
            for (int i = 0; i < values.length; i++) {
                shown[i % map.columns() * map.rows() + i / map.columns()] = values[i];
            }
        }
        html.append("<figure class=\"matrix\"><img alt=\"").append(caption).append("\" src=\"")
                .append(Heat.map(shown, width)).append("\"><figcaption>").append(caption)
                .append("</figcaption></figure>\n");
    }

    /** The main directions of tokens as colours. */
    String colours() {
        StringBuilder html = new StringBuilder("<div class=\"tiles\"><b></b><b></b><b class=\"of\">random weights</b>"
                + "<b></b><b class=\"of\">trained</b>\n");
        for (int film = 0; film < films.size(); film++) {
            Shown shown = films.get(film);
            html.append(new Pane(film, shown.all(), "film").html());
            for (Look look : List.of(random, trained)) {
                html.append("<b></b>").append(coloured(film, shown.all(), look.whole().get(film), "film"))
                        .append(coloured(film, shown.first(), look.first().get(film), "C1"))
                        .append(coloured(film, shown.second(), look.second().get(film), "C2"));
            }
        }
        return html.append("</div>\n").toString();
    }

    private static String coloured(int film, Region at, Look.Tokens tokens, String caption) {
        return new Pane(film, at, caption).map(Heat.colours(tokens.colours(), tokens.side()), 1).html();
    }

    /** Tokens like one that is clicked; without a script, like one in the middle of the overlap. */
    String nearest() {
        Shown shown = films.getFirst();
        CropPair crops = shown.views().crops();
        int other = films.size() - 1;
        List<Look.Tokens> grids = List.of(trained.first().getFirst(), trained.second().getFirst(),
                trained.whole().get(other));
        Region overlap = crops.overlapInFirst();
        int token = (overlap.row() + overlap.height() / 2) * crops.grid().viewCells() + overlap.column()
                + overlap.width() / 2;
        List<Pane> panes = List.of(new Pane(0, shown.first(), "C1"), new Pane(0, shown.second(), "C2"),
                new Pane(other, films.get(other).all(), other == 0 ? "the whole film" : "film of another patient"));
        StringBuilder html = new StringBuilder("<div id=\"tokens\"><p class=\"choice\"></p>\n"
                + "<div class=\"panes three\">\n");
        for (int k = 0; k < panes.size(); k++) {
            Look.Tokens grid = grids.get(k);
            panes.get(k).map(Heat.map(alike(grids.getFirst(), token, grid), grid.side()), 0.55);
            if (k == 0) {
                Region cell = Region.square(crops.first().row() + token / grid.side(),
                        crops.first().column() + token % grid.side(), 1);
                panes.getFirst().outline(shown.pixels(cell), "chosen");
            }
            html.append(panes.get(k).html("data-pane=\"" + k + "\""));
        }
        html.append("</div>\n<p class=\"told\">Dark is least alike, light most: cosines to the outlined token.</p>\n");
        boolean both = 2.0 * bytes(grids) < MOST;
        html.append("<script type=\"application/json\">{\"ramp\":").append(Heat.json()).append(",\"token\":")
                .append(token).append(",\"panes\":[").append(pane(crops.first(), 1, grids.get(0), 0)).append(',')
                .append(pane(crops.second(), 2, grids.get(1), 0)).append(',')
                .append(pane(Region.square(0, 0, crops.grid().imageCells()), 1, grids.get(2), other))
                .append("],\"tokens\":{\"trained\":").append(Quantised.json(grids));
        if (both) {
            html.append(",\"random weights\":").append(Quantised.json(List.of(random.first().getFirst(),
                    random.second().getFirst(), random.whole().get(other))));
        }
        return html.append("}}</script></div>\n").toString();
    }

    private static String pane(Region cells, int step, Look.Tokens grid, int film) {
        return "{\"row\":" + cells.row() + ",\"column\":" + cells.column() + ",\"step\":" + step + ",\"side\":"
                + grid.side() + ",\"film\":" + film + "}";
    }

    private static long bytes(List<Look.Tokens> grids) {
        return grids.stream().mapToLong(grid -> grid.values().length).sum();
    }

    /** Cosines to one token, stretched from the least to the most. */
    private static float[] alike(Look.Tokens from, int token, Look.Tokens to) {
        int k = from.values().length / (from.side() * from.side());
        float[] alike = new float[to.side() * to.side()];
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < alike.length; i++) {
            for (int c = 0; c < k; c++) {
                alike[i] += from.values()[token * k + c] * to.values()[i * k + c];
            }
            low = Math.min(low, alike[i]);
            high = Math.max(high, alike[i]);
        }
        for (int i = 0; i < alike.length; i++) {
            alike[i] = high > low ? (alike[i] - low) / (high - low) : 0.5f;
        }
        return alike;
    }
}
