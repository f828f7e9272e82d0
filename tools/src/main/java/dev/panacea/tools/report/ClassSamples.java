package dev.panacea.tools.report;

import dev.panacea.ace.example.Examples;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.metric.HeatMap;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.ClassPredictions;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.LabelHeat;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Pictures with what was said of them, and which places speak for a label.
 *
 * @param tuned the network
 * @param examples the test part
 * @param predictions of it
 */
record ClassSamples(FineTuned tuned, Examples examples, ClassPredictions predictions) {
    private static final int SHOWN = 3; // labels of a picture
    private static final int GAP = 4; // pixels between picture and map
    private static final double LEAST = 1e-7; // a probability of 0 would rule all

    /** How they were chosen, and what they show. */
    String about() {
        return "Chosen by the cross-entropy between probabilities and truth" + (one() ? "" : ", the mean over labels,"
                + " of the pictures with a true label and of those without any") + ": less is better. Below each the"
                + " three most probable labels; true ones are bold. Right: " + heat().method()
                + ", the lighter the more a place speaks for the true label" + (one() ? "." : " that was found most probable, or, where none is true,"
                + " for the most probable one.");
    }

    private boolean one() {
        return predictions.kind() == LabelSet.Kind.ONE;
    }

    /** The pictures. */
    String html() {
        if (one()) {
            return new Samples(errors(true)).html(this::card);
        }
        return new Samples(errors(true)).html(this::card)
                + Samples.group("Worst of those without any label", new Samples(errors(false)).worst(), this::card);
    }

    /** How wrong each picture is that has a true label, or that has none; NaN for the others. */
    private double[] errors(boolean labelled) {
        return IntStream.range(0, examples.size()).mapToDouble(i -> labelled == shownTrue(i).isPresent() ? error(i)
                : Double.NaN).toArray();
    }

    private double error(int picture) {
        double[] scores = predictions.scores()[picture];
        float[] targets = predictions.targets()[picture];
        return IntStream.range(0, scores.length).filter(label -> one() ? targets[label] == 1
                : !Float.isNaN(targets[label])).mapToDouble(label -> -Math.log(Math.max(LEAST,
                targets[label] == 1 ? scores[label] : 1 - scores[label]))).average().orElse(Double.NaN);
    }

    /** The most probable of the true labels. */
    private OptionalInt shownTrue(int picture) {
        return ranked(picture).stream().mapToInt(Integer::intValue).filter(label ->
                predictions.targets()[picture][label] == 1).findFirst();
    }

    /** Labels from the most probable one. */
    private List<Integer> ranked(int picture) {
        double[] scores = predictions.scores()[picture];
        return IntStream.range(0, scores.length).boxed().sorted(Comparator.comparingDouble(label -> -scores[label]))
                .toList();
    }

    private String card(int picture) {
        Film film = Film.of(examples.read(picture), tuned.config());
        int label = shownTrue(picture).orElse(ranked(picture).getFirst());
        int right = Film.PIXELS + GAP;
        String id = "film" + picture;
        String svg = film.image(" id=\"" + id + "\"") + "<use href=\"#" + id + "\" x=\"" + right + "\"/>"
                + String.format(Locale.ROOT, "<image class=\"cam\" x=\"%d\" width=\"%d\" height=\"%d\""
                        + " preserveAspectRatio=\"none\" href=\"%s\"/>", right, Film.PIXELS, Film.PIXELS,
                        cam(film, label));
        StringBuilder words = new StringBuilder(", ").append(heat().method()).append(" of ")
                .append(Page.escaped(predictions.labels().get(label))).append("<table class=\"scores\">");
        ranked(picture).stream().limit(SHOWN).forEach(shown -> words.append(row(picture, shown)));
        IntStream.range(0, predictions.labels().size()).filter(other -> predictions.targets()[picture][other] == 1)
                .filter(other -> ranked(picture).indexOf(other) >= SHOWN)
                .forEach(other -> words.append(row(picture, other)));
        return film.card(right + Film.PIXELS, svg, words.append("</table>").toString());
    }

    private String row(int picture, int label) {
        float target = predictions.targets()[picture][label];
        double score = predictions.scores()[picture][label];
        return String.format(Locale.ROOT, "<tr%s><td>%s</td><td><i style=\"width:%.0f%%\"></i></td><td>%.3f</td></tr>",
                target == 1 ? " class=\"true\"" : "", Page.escaped(predictions.labels().get(label))
                + (Float.isNaN(target) ? " (not known)" : ""), 100 * score, score);
    }

    private LabelHeat heat() {
        return new LabelHeat(tuned.config(), tuned.network());
    }

    /** The map of a label, from 0 to its own most, as an address. */
    private String cam(Film film, int label) {
        HeatMap map = heat().of(tuned.inference(false, LoadLimits.usual())
                .views(film.example().picture()).getFirst(), label);
        float[] values = map.values();
        float most = 0;
        for (float value : values) {
            most = Math.max(most, value);
        }
        for (int i = 0; most > 0 && i < values.length; i++) {
            values[i] /= most;
        }
        return Heat.map(values, map.width());
    }
}
