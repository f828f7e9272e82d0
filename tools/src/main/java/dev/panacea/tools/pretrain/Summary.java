package dev.panacea.tools.pretrain;

import dev.panacea.ace.run.PretrainRun;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.StepReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What a run says of itself, in words. */
final class Summary {
    private final PretrainRun run;
    private final List<StepReport> reports = new ArrayList<>();
    private final long beganNanos = System.nanoTime();

    Summary(PretrainRun run) {
        this.run = run;
    }

    void add(StepReport report) {
        reports.add(report);
    }

    String begin(Path out) {
        PretrainConfig config = run.training().config();
        return "%s, views of %d pixels, batches of %d: %s %d of %d, in %s".formatted(config.model().name(),
                config.grid().viewPixels(), config.optimizer().batch(),
                run.step() == 0 ? "from step" : "goes on at step", run.step(), run.steps(), out);
    }

    /** Steps of this process so far. */
    int steps() {
        return reports.size();
    }

    /** Beside a progress bar, where there is room for little: what matters most comes first. */
    List<String> now(StepReport report) {
        List<String> words = new ArrayList<>(List.of("loss %.3f".formatted(report.loss()),
                "%.1f/s".formatted(run.picturesPerSecond()), "wait %.0f%%".formatted(100 * run.waiting()),
                run.memory() < 1 << 30 ? "%.0fM".formatted(run.memory() / 0x1p20)
                        : "%.1fG".formatted(run.memory() / 0x1p30)));
        part(words, "g", report.global());
        part(words, "c", report.composition());
        part(words, "d", report.decomposition());
        return words;
    }

    private static void part(List<String> words, String name, double loss) {
        if (!Double.isNaN(loss)) {
            words.add("%s %.3f".formatted(name, loss));
        }
    }

    String end(Path out) {
        int tokens = run.training().config().grid().viewCells() * run.training().config().grid().viewCells();
        StringBuilder text = new StringBuilder();
        text.append("%d steps in %.0f s: %.1f pictures/s, %.0f %% of the time waiting for pictures, %.0f MiB%n"
                .formatted(reports.size(), (System.nanoTime() - beganNanos) * 1e-9, run.picturesPerSecond(),
                        100 * run.waiting(), run.memory() / 0x1p20));
        row(text, "loss", StepReport::loss, "");
        row(text, "  global", StepReport::global, "");
        row(text, "  composition", StepReport::composition, "");
        row(text, "  decomposition", StepReport::decomposition, "");
        row(text, "partner found, composition", StepReport::composed, ", chance %.3f".formatted(4.0 / tokens));
        row(text, "partner found, decomposition", StepReport::decomposed,
                ", chance %.3f".formatted(0.25 / tokens));
        row(text, "deviation of the teacher's tokens", StepReport::deviation, ", 0 where all are one");
        return text.append("checkpoints, log.jsonl and TensorBoard events are in ").append(out).toString();
    }

    /** Means of the first and the last tenth. */
    private void row(StringBuilder text, String title, ToDoubleFunction<StepReport> number, String more) {
        int some = Math.max(1, reports.size() / 10);
        double first = reports.stream().limit(some).mapToDouble(number).average().orElse(Double.NaN);
        double last = reports.stream().skip(reports.size() - some).mapToDouble(number).average().orElse(Double.NaN);
        if (!Double.isNaN(last)) {
            text.append("%-34s %8.4f → %.4f%s%n".formatted(title, first, last, more));
        }
    }
}
