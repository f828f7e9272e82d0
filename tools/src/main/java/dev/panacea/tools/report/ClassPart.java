package dev.panacea.tools.report;

import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.metric.Confusion;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.metric.Roc;
import dev.panacea.ace.transfer.ClassPredictions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Labels of whole pictures: ROC curves, confusions, probabilities, and pictures with what speaks for a label. */
final class ClassPart implements KindPart {
    private static final String ROC = """
            As the threshold falls, more of the pictures with a label are found (up), and more of those without are
            taken for it (across). The area under the curve, AUC, is how often a picture with the label gets a higher
            probability than one without; on the diagonal it would be guessed.""";
    private static final String SCORES = """
            The probabilities that pictures with and without each label got: a dot for each picture, or for some of
            many; the box holds the middle half, the line 90&nbsp;%. The further apart the two rows of a label lie, the
            better it is told.""";

    private final ClassPredictions predictions;
    private final boolean one;
    private final ClassSamples samples;

    ClassPart(ClassPredictions predictions, ClassSamples samples) {
        this.predictions = predictions;
        this.samples = samples;
        one = predictions.kind() == LabelSet.Kind.ONE;
    }

    /** How many pictures have this target for a label. */
    private long count(int label, float target) {
        return Arrays.stream(predictions.targets()).filter(row -> row[label] == target).count();
    }

    @Override
    public LabelFacts labels() {
        List<String> counts = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (int label = 0; label < predictions.labels().size(); label++) {
            long positives = count(label, 1);
            long known = positives + count(label, 0);
            counts.add(positives + " of " + known);
            missing.add(known == 0 ? "not known of any picture" : positives == 0 ? "true of none of " + known
                    + " pictures" : positives == known ? "true of all " + known + " pictures" : "");
        }
        return new LabelFacts(predictions.labels(), "true of", counts, missing, List.of("AUC"));
    }

    @Override
    public String meaning(Interval primary) {
        return predictions.primary().equals(ClassPredictions.MEAN_AUC)
                ? String.format(Locale.ROOT, "of two pictures, one with a label and one without, the one with it gets"
                        + " the higher probability %.0f times in 100", 100 * primary.value())
                : String.format(Locale.ROOT, one ? "the label of %.0f pictures in 100 is found"
                        : "%.0f answers in 100 are right", 100 * primary.value());
    }

    @Override
    public String measures() {
        return one ? """
                AUC: area under the ROC curve of a label against the rest, and its mean. Accuracy: the share of pictures
                whose most probable label is the true one. Macro F1: the mean over labels of the harmonic mean of
                precision and recall."""
                : """
                AUC: area under the ROC curve, and its mean over labels. Accuracy: the mean over labels of the share of
                pictures for which a probability of .5 or more, or less, tells the truth. F1: at the same threshold, the
                mean over labels of the harmonic mean of precision and recall.""";
    }

    @Override
    public void addTo(Page page) {
        page.section("roc", "ROC curves", ROC).add(roc());
        page.section("confusion", "Confusion", one ? "How many pictures of each label (row) were taken for which"
                + " (column), and what share of the row that is: on the diagonal, what was found."
                : "What was said at a threshold of .5, for each label: how many of the pictures with and without it,"
                + " and what share of the row that is. What is right is on the diagonal.").add(confusion());
        page.section("scores", "Probabilities", SCORES).add("<div class=\"plots wide\">" + scores() + "</div>\n");
        page.section("samples", "Pictures", samples.about()).add(samples.html());
    }

    private String roc() {
        SharePlot plot = new SharePlot("Receiver operating characteristic", "share of the negatives taken for it", 1,
                "share of the positives found").diagonal("guessed, .5");
        List<String> without = new ArrayList<>();
        for (int label = 0; label < predictions.labels().size(); label++) {
            String name = predictions.labels().get(label);
            Optional<Roc> roc = predictions.roc(label);
            if (roc.isPresent()) {
                plot.line(label, name + " " + NumberTables.shown(roc.get().area(), true), roc.get().falsePositive(),
                        roc.get().truePositive());
            } else {
                without.add(name);
            }
        }
        return "<div class=\"plots\">" + plot.html() + "</div>\n" + (without.isEmpty() ? "" : "<p class=\"about\">No"
                + " curve of " + Page.escaped(String.join(", ", without)) + ": there must be pictures with the label"
                + " and without.</p>\n");
    }

    private String confusion() {
        if (one) {
            return "<div class=\"scroll\">" + table("", predictions.labels(), predictions.labels(),
                    predictions.confusion()) + "</div>\n";
        }
        StringBuilder html = new StringBuilder("<div class=\"confusions\">\n");
        for (int label = 0; label < predictions.labels().size(); label++) {
            html.append(table(predictions.labels().get(label), List.of("is not", "is"), List.of("said no", "said yes"),
                    predictions.confusion(label)));
        }
        return html.append("</div>\n").toString();
    }

    private static String table(String title, List<String> rows, List<String> columns, Confusion confusion) {
        StringBuilder html = new StringBuilder("<table class=\"confusion\">").append(title.isEmpty() ? ""
                : "<caption>" + Page.escaped(title) + "</caption>").append("<thead><tr><th></th>");
        columns.forEach(column -> html.append("<th>").append(Page.escaped(column)).append("</th>"));
        html.append("</tr></thead>\n");
        for (int row = 0; row < rows.size(); row++) {
            long all = LongStream.of(confusion.counts()[row]).sum();
            html.append("<tr><th>").append(Page.escaped(rows.get(row))).append("</th>");
            for (int column = 0; column < columns.size(); column++) {
                long count = confusion.counts()[row][column];
                double share = all == 0 ? 0 : (double) count / all;
                html.append(String.format(Locale.ROOT, "<td class=\"%s\" style=\"--share:%.0f%%\">%d<small>%s</small>"
                        + "</td>", row == column ? "right" : "wrong", 70 * share, count,
                        all == 0 ? "–" : String.format(Locale.ROOT, "%.0f %%", 100 * share)));
            }
            html.append("</tr>\n");
        }
        return html.append("</table>\n").toString();
    }

    private String scores() {
        Strips strips = new Strips("Probabilities", "probability");
        for (int label = 0; label < predictions.labels().size(); label++) {
            strips.row(predictions.labels().get(label), label, scores(label, 1));
            strips.row("without", label, scores(label, 0));
        }
        return strips.html(1);
    }

    private double[] scores(int label, float target) {
        return IntStream.range(0, predictions.names().size()).filter(i -> predictions.targets()[i][label] == target)
                .mapToDouble(i -> predictions.scores()[i][label]).toArray();
    }
}
