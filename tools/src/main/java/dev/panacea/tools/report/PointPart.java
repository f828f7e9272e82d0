package dev.panacea.tools.report;

import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.PointPredictions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Key points: how far they are from the truth, and pictures with both.
 *
 * @param tuned the network
 * @param examples the test part
 * @param predictions of it
 */
record PointPart(FineTuned tuned, Examples examples, PointPredictions predictions) implements KindPart {
    private static final int[] NEAR = {2, 5, 10}; // pixels
    private static final double MOST = 0.95; // of the errors fit into the plots
    private static final String SAMPLES = """
            Chosen by the mean error over the points. Ring: the true place; dot: the predicted one; the line between
            them is the error.""";

    @Override
    public LabelFacts labels() {
        List<String> counts = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (int label = 0; label < predictions.labels().size(); label++) {
            int known = errors(label).length;
            counts.add(known + " of " + predictions.names().size());
            missing.add(known == 0 ? "its place is not known of any picture" : "");
        }
        return new LabelFacts(predictions.labels(), "known of", counts, missing, List.of("error"));
    }

    /** Errors of a label, rising, where its place is known. */
    private double[] errors(int label) {
        return IntStream.range(0, predictions.names().size()).mapToDouble(i -> predictions.error(i, label))
                .filter(error -> !Double.isNaN(error)).sorted().toArray();
    }

    @Override
    public String meaning(Interval primary) {
        return String.format(Locale.ROOT, "so far are the predicted places from the true ones, in views of %d × %1$d"
                + " pixels", predictions.pixels());
    }

    @Override
    public String measures() {
        return "Errors are distances in pixels of the view, of " + predictions.pixels() + " × " + predictions.pixels()
                + ", over all points whose place is known; “at 448” as if the view had 448 × 448.";
    }

    @Override
    public void addTo(Page page) {
        double[] all = IntStream.range(0, predictions.labels().size()).boxed()
                .flatMapToDouble(label -> Arrays.stream(errors(label))).sorted().toArray();
        double most = all.length == 0 ? 1 : Math.max(NEAR[NEAR.length - 1], Math.ceil(1.2 * all[(int) (MOST
                * (all.length - 1))]));
        SharePlot plot = new SharePlot("Points within a distance", "distance in pixels", most, "share of the points");
        Strips strips = new Strips("Errors", "pixels of the view");
        for (int label = 0; label < predictions.labels().size(); label++) {
            double[] errors = errors(label);
            String name = predictions.labels().get(label);
            double[] near = Arrays.stream(errors).filter(error -> error <= most).toArray();
            plot.line(label, name, with(0, near, most), shares(errors.length, near.length));
            strips.row(name, label, errors);
        }
        page.section("errors", "Errors", "How far predicted places are from the true ones: the share of points within"
                + " each distance, and a dot for each, or for some of many; the box holds the middle half, the line"
                + " 90&nbsp;%." + beyond(all, most)).add("<div class=\"plots\">" + plot.html()
                + "</div>\n<div class=\"plots wide\">" + strips.html(most) + "</div>\n").add(near());
        StringBuilder keys = new StringBuilder("<p>");
        for (int label = 0; label < predictions.labels().size(); label++) {
            keys.append(Frame.key("film " + Colours.onFilm(label), predictions.labels().get(label)));
        }
        page.section("samples", "Pictures", SAMPLES).add(keys.append("</p>\n").toString())
                .add(new Samples(pictureErrors()).html(this::card));
    }

    private static String beyond(double[] all, double most) {
        long beyond = Arrays.stream(all).filter(error -> error > most).count();
        return beyond == 0 ? "" : String.format(Locale.ROOT, " %d of %d are beyond %s pixels and not drawn.", beyond,
                all.length, Axis.number(most));
    }

    private static double[] with(double first, double[] values, double last) {
        double[] more = new double[values.length + 2];
        more[0] = first;
        System.arraycopy(values, 0, more, 1, values.length);
        more[more.length - 1] = last;
        return more;
    }

    /** The share of points within the distance of each of those that are near. */
    private static double[] shares(int all, int near) {
        return IntStream.range(0, near + 2).mapToDouble(i -> (double) Math.min(i, near) / Math.max(1, all)).toArray();
    }

    private String near() {
        StringBuilder html = new StringBuilder("<div class=\"scroll\"><table class=\"results\"><thead><tr><th>point"
                + "</th><th>median error</th>");
        Arrays.stream(NEAR).forEach(near -> html.append("<th>within ").append(near).append(" px</th>"));
        html.append("</tr></thead>\n");
        for (int label = 0; label < predictions.labels().size(); label++) {
            double[] errors = errors(label);
            int size = errors.length;
            html.append("<tr><td>").append(Page.escaped(predictions.labels().get(label))).append("</td><td>")
                    .append(NumberTables.shown(size == 0 ? Double.NaN : (errors[(size - 1) / 2] + errors[size / 2])
                            / 2, false)).append("</td>");
            for (int near : NEAR) {
                long within = Arrays.stream(errors).filter(error -> error <= near).count();
                html.append("<td>").append(size == 0 ? "–" : String.format(Locale.ROOT, "%.1f %%",
                        100.0 * within / size)).append("</td>");
            }
            html.append("</tr>\n");
        }
        return html.append("</table></div>\n").toString();
    }

    private double[] pictureErrors() {
        return IntStream.range(0, predictions.names().size()).mapToDouble(this::error).toArray();
    }

    private double error(int picture) {
        return IntStream.range(0, predictions.labels().size()).mapToDouble(label -> predictions.error(picture, label))
                .filter(error -> !Double.isNaN(error)).average().orElse(Double.NaN);
    }

    private String card(int picture) {
        double scale = (double) Film.PIXELS / predictions.pixels();
        StringBuilder marks = new StringBuilder();
        for (int label = 0; label < predictions.labels().size(); label++) {
            Point found = predictions.predicted()[picture][label].times(scale);
            String colour = Colours.onFilm(label);
            String title = "<title>" + Page.escaped(predictions.labels().get(label)) + "</title>";
            if (predictions.truth()[picture][label] != null) {
                Point known = predictions.truth()[picture][label].times(scale);
                marks.append(String.format(Locale.ROOT, "<path class=\"found %s\" d=\"M%.1f %.1fL%.1f %.1f\"/>"
                        + "<circle class=\"found %1$s\" cx=\"%2$.1f\" cy=\"%3$.1f\" r=\"4\">%6$s</circle>", colour,
                        known.x(), known.y(), found.x(), found.y(), title));
            }
            marks.append(String.format(Locale.ROOT, "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2\">%s"
                    + "</circle>", colour, found.x(), found.y(), title));
        }
        return Film.of(examples.read(picture), tuned.config()).card(marks.toString(), String.format(Locale.ROOT,
                ", mean error %.2f px", error(picture)));
    }
}
