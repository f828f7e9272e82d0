package dev.panacea.tools.report;

import java.util.ArrayList;
import java.util.List;

/** The numbers of a fine-tuning's log as curves. */
final class TransferCurves {
    private static final String VALIDATION = "validation";

    private final RunHistory log;
    private final String primary;
    private final int best; // the row with the best validation; −1 where there is none

    /**
     * Draws a log.
     *
     * @param primary what the validation part is measured by
     * @param lowerIsBetter whether less of it is better
     */
    TransferCurves(RunHistory log, String primary, boolean lowerIsBetter) {
        this.log = log;
        this.primary = primary;
        double[] values = log.of(VALIDATION);
        int found = -1;
        for (int i = 0; i < values.length; i++) {
            boolean better = found < 0 || (lowerIsBetter ? values[i] < values[found] : values[i] > values[found]);
            found = !Double.isNaN(values[i]) && better ? i : found;
        }
        best = found;
    }

    /** Which weights were measured, in words. */
    String chosen() {
        return best < 0 ? "There was no validation part that could be measured: the weights after the last step were"
                + " tested." : "Tested were the weights after " + (long) (log.of("step")[best] + 1) + " of "
                + (long) (log.last("step") + 1) + " steps, which the validation part was answered best with: "
                + primary + " " + Axis.number(log.of(VALIDATION)[best]) + ".";
    }

    /** Loss, validation, learning rate and how it went, for the page. */
    String html() {
        List<LinePlot> plots = new ArrayList<>(List.of(plot("Loss", "loss").noisy("training", log.of("loss"))));
        if (best >= 0) {
            plots.add(plot("Validation", primary).exact(primary, log.of(VALIDATION)).mark("best",
                    log.of("step")[best], log.of(VALIDATION)[best]));
        }
        plots.addAll(List.of(
                plot("Learning rate", "rate").exact("rate", log.of("schedule/rate")).fromZero(),
                plot("Length of the gradient", "norm").noisy("before clipping", log.of("gradient norm")).fromZero(),
                plot("Speed", "pictures a second").exact("mean since the start", log.of("pictures a second"))
                        .fromZero(),
                plot("Waiting for pictures", "share of the time").exact("mean since the start", log.of("waiting"))
                        .fromZero()));
        return "<div class=\"plots\">\n" + String.join("", plots.stream().map(LinePlot::html).toList()) + "</div>\n";
    }

    private LinePlot plot(String title, String unit) {
        return new LinePlot(title, unit, log.of("step"));
    }
}
