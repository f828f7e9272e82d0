package dev.panacea.tools.report;

import dev.panacea.ace.train.PretrainConfig;
import java.util.List;
import java.util.Locale;

/** The numbers of a run's log as curves and as a table. */
final class Curves {
    private final RunHistory log;
    private final PretrainConfig config;
    private final int channels;

    /**
     * Draws a log.
     *
     * @param channels K, of a token
     */
    Curves(RunHistory log, PretrainConfig config, int channels) {
        this.log = log;
        this.config = config;
        this.channels = channels;
    }

    private double tokens() {
        return (double) config.grid().viewCells() * config.grid().viewCells();
    }

    private double outputs() {
        return config.globalHead().on() ? config.globalHead().outputs() : channels;
    }

    private LinePlot plot(String title, String unit) {
        return new LinePlot(title, unit, log.of("step"));
    }

    private static String row(LinePlot... plots) {
        StringBuilder row = new StringBuilder("<div class=\"plots\">\n");
        for (LinePlot plot : plots) {
            row.append(plot.html());
        }
        return row.append("</div>\n").toString();
    }

    /** Total and parts, and how often the largest match is the right one. */
    String losses() {
        return row(plot("Loss", "loss").noisy("total, Eq. 8", log.of("loss")),
                plot("Global", "nats").noisy("loss, Eq. 1", log.of("loss/global"))
                        .noisy("entropy of the teacher", log.of("teacher/entropy")),
                plot("Composition", "loss").noisy("Eq. 5", log.of("loss/composition")),
                plot("Decomposition", "loss").noisy("Eq. 7", log.of("loss/decomposition")),
                found("Partner found, composition", "match/composition", 4 / tokens()),
                found("Partner found, decomposition", "match/decomposition", 0.25 / tokens()));
    }

    private LinePlot found(String title, String name, double chance) {
        LinePlot plot = plot(title, "share of tokens").noisy("found", log.of(name)).fromZero();
        return log.has(name) ? plot.level("chance", chance) : plot;
    }

    /** What shows a collapse. */
    String collapse() {
        LinePlot entropy = plot("Entropy of the teacher", "nats").noisy("entropy", log.of("teacher/entropy"))
                .fromZero();
        if (log.has("teacher/entropy")) {
            entropy.level(String.format(Locale.ROOT, "ln %.0f", outputs()), Math.log(outputs()));
        }
        return row(plot("Deviation of tokens", "of length 1").noisy("teacher", log.of("teacher/deviation")).fromZero()
                        .level("all alike", 0),
                plot("Effective rank of tokens", "directions").noisy("teacher", log.of("teacher/rank")).fromZero()
                        .level("one line", 1), entropy);
    }

    /** What changes with the step alone, and how it went. */
    String schedules() {
        return row(plot("Learning rate", "rate").exact("rate", log.of("schedule/rate")).fromZero(),
                plot("Weight decay", "decay").exact("decay", log.of("schedule/decay")),
                plot("Momentum of the teacher", "share kept").exact("λ", log.of("schedule/momentum")),
                plot("Length of the gradient", "norm").noisy("before clipping", log.of("gradient norm")).fromZero(),
                plot("Speed", "pictures a second").exact("mean since the start", log.of("pictures a second"))
                        .fromZero(),
                plot("Waiting for pictures", "share of the time").exact("mean since the start", log.of("waiting"))
                        .fromZero());
    }

    /** Means of the first and the last tenth of the steps. */
    String table() {
        StringBuilder table = new StringBuilder("<table class=\"numbers\"><thead><tr><th></th><th>first tenth</th>"
                + "<th>last tenth</th><th>last step</th><th></th></tr></thead>\n");
        List<String[]> rows = List.of(
                new String[] {"Loss", "loss", "follows the teacher's entropy up and down"},
                new String[] {"Global loss", "loss/global", "at least the teacher's entropy"},
                new String[] {"Global loss above that entropy", RunHistory.DIVERGENCE, "the student's own error"},
                new String[] {"Composition loss", "loss/composition", ""},
                new String[] {"Decomposition loss", "loss/decomposition", ""},
                new String[] {"Partner found, composition", "match/composition", chance(4 / tokens())},
                new String[] {"Partner found, decomposition", "match/decomposition", chance(0.25 / tokens())},
                new String[] {"Deviation of the teacher's tokens", "teacher/deviation", "0 where all are alike"},
                new String[] {"Effective rank of the teacher's tokens", "teacher/rank", "of " + channels},
                new String[] {"Entropy of the teacher", "teacher/entropy", String.format(Locale.ROOT,
                        "ln %.0f is %.3f", outputs(), Math.log(outputs()))});
        for (String[] row : rows) {
            if (log.has(row[1])) {
                table.append(String.format(Locale.ROOT, "<tr><td>%s</td><td>%.4f</td><td>%.4f</td><td>%.4f</td>"
                        + "<td class=\"dim\">%s</td></tr>%n", row[0], log.begin(row[1]), log.end(row[1]),
                        log.last(row[1]), row[2]));
            }
        }
        return table.append("</table>\n").toString();
    }

    private static String chance(double chance) {
        return String.format(Locale.ROOT, "chance %.4f", chance);
    }
}
