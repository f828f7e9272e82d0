package dev.panacea.tools.report;

import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.example.Mask;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.metric.Overlap;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.MaskPredictions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Masks: how far they cover the true ones, and pictures with both.
 *
 * @param tuned the network
 * @param examples the test part
 * @param predictions of it
 */
record MaskPart(FineTuned tuned, Examples examples, MaskPredictions predictions) implements KindPart {
    private static final String MEASURES = """
            Dice: twice the pixels in both masks over the sum of their sizes, 1 where both are empty; its mean over
            pictures. Set Dice: the same of all pictures taken as one, in which large masks count more. IoU: pixels in
            both masks over those in either, its mean over pictures.""";
    private static final String DICE = """
            Dice of each picture: a dot for each, or for some of many; the box holds the middle half, the line
            90&nbsp;%.""";
    private static final String SAMPLES = """
            Chosen by the mean Dice over the labels that are there or were predicted. Filled: the true mask; line: the
            predicted one, where the probability crosses .5.""";

    @Override
    public LabelFacts labels() {
        List<String> counts = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (int label = 0; label < predictions.labels().size(); label++) {
            List<Overlap> known = known(label);
            counts.add(known.stream().filter(overlap -> overlap.truth() > 0).count() + " of " + known.size());
            missing.add(known.isEmpty() ? "its mask is not known of any picture" : "");
        }
        return new LabelFacts(predictions.labels(), "seen in", counts, missing, List.of("Dice", "set Dice", "IoU"));
    }

    private List<Overlap> known(int label) {
        return Arrays.stream(predictions.overlaps()).map(row -> row[label]).filter(Objects::nonNull).toList();
    }

    @Override
    public String meaning(Interval primary) {
        return "masks that do not touch would get 0, equal ones 1";
    }

    @Override
    public String measures() {
        return MEASURES;
    }

    @Override
    public void addTo(Page page) {
        Strips strips = new Strips("Dice", "Dice");
        for (int label = 0; label < predictions.labels().size(); label++) {
            strips.row(predictions.labels().get(label), label, known(label).stream().mapToDouble(Overlap::dice)
                    .toArray());
        }
        page.section("dice", "Dice by picture", DICE).add("<div class=\"plots wide\">" + strips.html(1) + "</div>\n");
        StringBuilder keys = new StringBuilder("<p>");
        for (int label = 0; label < predictions.labels().size(); label++) {
            keys.append(Frame.key("film " + Colours.onFilm(label), predictions.labels().get(label)));
        }
        page.section("samples", "Pictures", SAMPLES).add(keys.append("</p>\n").toString())
                .add(new Samples(errors()).html(this::card));
    }

    /** NaN for pictures in which nothing is and nothing was predicted: there is nothing to show. */
    private double[] errors() {
        return Arrays.stream(predictions.overlaps()).mapToDouble(row -> 1 - Arrays.stream(row).filter(Objects::nonNull)
                .filter(overlap -> overlap.truth() + overlap.predicted() > 0).mapToDouble(Overlap::dice).average()
                .orElse(Double.NaN)).toArray();
    }

    private String card(int picture) {
        Example example = examples.read(picture);
        float[] answer = tuned.inference(false, LoadLimits.usual()).answer(example.picture()); // [L, V, V]
        int side = tuned.config().view().pixels();
        StringBuilder marks = new StringBuilder();
        StringBuilder words = new StringBuilder(", Dice");
        for (int label = 0; label < predictions.labels().size(); label++) {
            String colour = Colours.onFilm(label);
            String truth = Contour.path(truth(example.masks().get(label), side), 0, side, Film.PIXELS);
            String found = Contour.path(answer, label * side * side, side, Film.PIXELS);
            marks.append("<path class=\"truth ").append(colour).append("\" d=\"").append(truth).append("\"/>")
                    .append("<path class=\"found ").append(colour).append("\" d=\"").append(found).append("\"/>");
            Overlap overlap = predictions.overlaps()[picture][label];
            words.append(Frame.key("film " + colour, overlap == null ? "not known"
                    : String.format(Locale.ROOT, "%.2f", overlap.dice())));
        }
        return Film.of(example, tuned.config()).card(marks.toString(), words.toString());
    }

    /** The true mask as the view shows it, [V, V]. */
    private float[] truth(Mask mask, int side) {
        byte[] view = tuned.config().view().whole().view(mask, side);
        float[] values = new float[view.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = view[i] == Mask.INSIDE ? 1 : 0;
        }
        return values;
    }
}
