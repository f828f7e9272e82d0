package dev.panacea.tools.report;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.transfer.ClassPredictions;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.MaskPredictions;
import dev.panacea.ace.transfer.PointPredictions;
import dev.panacea.ace.transfer.Predictions;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.tensor.io.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code report.html}: what a run of fine-tuning was and what came of it, in one page that needs no other file and no
 * network.
 *
 * @param run the folder of the run, with its log
 * @param data what the pictures are, in words
 * @param tuned the network that was measured
 * @param set its data
 * @param predictions of the test part, in its order
 * @param result what they are worth
 */
public record TransferReport(Path run, String data, FineTuned tuned, ExampleSet set, Predictions predictions,
        TransferResult result) {
    private static final String TRAINING = """
            Light: each step; dark: a moving mean. The validation part is looked at between epochs, and the weights that
            answer it best are kept.""";
    private static final String BOOTSTRAP = """
            95&nbsp;% intervals: between these values lies the number of 95 in 100 samples of as many pictures, drawn
            from the test part with replacement (bootstrap). They tell how far chance in the choice of pictures goes,
            not of other training seeds or other hospitals.""";

    /**
     * Checks that the predictions are of the test part.
     *
     * @throws IllegalArgumentException if they are of as many pictures as it does not have
     */
    public TransferReport {
        if (predictions.names().size() != set.test().size()) {
            throw new IllegalArgumentException("report: " + predictions.names().size() + " predictions of "
                    + set.test().size() + " pictures (need those of the test part)");
        }
    }

    /**
     * Writes the page.
     *
     * @throws dev.panacea.tensor.DataException if the log is missing or damaged, a picture to show cannot be read, or
     *     the page cannot be written
     */
    public void write(Path page) {
        RunHistory log = RunHistory.read(run.resolve("log.jsonl"));
        AtomicFile.write(page, "report", html(log).getBytes(StandardCharsets.UTF_8));
    }

    private KindPart part() {
        return switch (predictions) {
            case ClassPredictions classes -> new ClassPart(classes, new ClassSamples(tuned, set.test(), classes));
            case MaskPredictions masks -> new MaskPart(tuned, set.test(), masks);
            case PointPredictions points -> new PointPart(tuned, set.test(), points);
        };
    }

    private String html(RunHistory log) {
        KindPart part = part();
        TransferCurves curves = new TransferCurves(log, result.primary(), result.lowerIsBetter());
        String title = "Fine-tuning of " + result.model() + " for " + result.task();
        Page page = new Page(title).add("<h1>" + Page.escaped(title) + "</h1>\n<p class=\"lead\">" + lead(part)
                + "</p>\n");
        page.section("numbers", "Numbers", part.measures() + " " + BOOTSTRAP)
                .add(new NumberTables(result, part.labels()).html());
        part.addTo(page);
        return page.section("training", "Training", TRAINING + " " + Page.escaped(curves.chosen())).add(curves.html())
                .section("parts", "The data", Page.escaped(data) + ". Of each label, how many pictures have it.")
                .add(SetTable.html(set))
                .section("run", "The run", "Where it ran and of what.").add(facts(log))
                .section("choices", "Choices that are not the usual ones", "All others are those that the kind of task"
                        + " and the model have by default.").add(Facts.changes(tuned.config()))
                .end();
    }

    private String lead(KindPart part) {
        Interval number = result.numbers().get(result.primary());
        boolean share = !result.lowerIsBetter();
        String about = " The network, a " + Page.escaped(result.model()) + " that began with "
                + Page.escaped(result.method()) + " weights, learned from " + pictures(result.trainExamples()) + ".";
        if (Double.isNaN(number.value())) {
            return "The " + Page.escaped(result.primary()) + " of the " + pictures(result.cases()) + " of the "
                    + Page.escaped(result.split()) + " part cannot be measured; the table says why." + about;
        }
        String unit = share ? "" : " pixels";
        return "<b>" + Page.escaped(result.primary()) + " " + NumberTables.shown(number.value(), share) + unit
                + "</b> on the " + pictures(result.cases()) + " of the " + Page.escaped(result.split()) + " part ("
                + NumberTables.shown(number.low(), share) + " to " + NumberTables.shown(number.high(), share)
                + " with 95&nbsp;% confidence): " + part.meaning(number) + "." + about;
    }

    private static String pictures(int count) {
        return count + (count == 1 ? " picture" : " pictures");
    }

    private String facts(RunHistory log) {
        TransferConfig config = tuned.config();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("task", result.kind() + ", " + result.task());
        facts.put("model", config.model().name() + ", views of " + config.view().pixels() + " pixels, "
                + tuned.network().parameters().count() + " parameters");
        facts.put("began with", result.init());
        facts.put("called in tables", result.method());
        facts.put("seed", Long.toString(result.seed()));
        facts.put("data", data);
        facts.put("steps", (long) (log.last("step") + 1) + ", batches of " + config.optimizer().batch() + " at most");
        facts.put("tested", tuned.file().getFileName().toString());
        return Facts.table(facts, log, RunStart.read(run), RunStart.hash(set.train()));
    }
}
