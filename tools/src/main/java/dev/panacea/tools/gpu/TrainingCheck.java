package dev.panacea.tools.gpu;

import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.train.StepReport;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The first steps of a small training on the CPU and on the device, from the same seed: the numbers must agree. */
final class TrainingCheck {
    private static final int STEPS = 6;
    private static final Map<String, String> NANO = Map.ofEntries(Map.entry("model.name", "swin_nano"),
            Map.entry("model.window", "6"), Map.entry("augment.channels", "1"), Map.entry("grid.imagePixels", "112"),
            Map.entry("grid.cellPixels", "8"), Map.entry("grid.viewCells", "6"),
            Map.entry("globalHead.hidden", "64"), Map.entry("globalHead.bottleneck", "32"),
            Map.entry("globalHead.outputs", "128"), Map.entry("optimizer.batch", "4"),
            Map.entry("optimizer.epochs", "20"));

    private TrainingCheck() {}

    /** What the steps are on a device. */
    static List<StepReport> steps(Backends.Choice choice) {
        Backends.use(choice);
        PretrainConfig config = Recipe.PANACEA.config().with(NANO);
        List<StepReport> reports = new ArrayList<>();
        try (MemoryScope _ = MemoryScope.open("training")) {
            PretrainStep training = new PretrainStep(config, STEPS);
            for (int i = 0; i < STEPS; i++) {
                try (MemoryScope _ = MemoryScope.open("step")) {
                    reports.add(training.run(List.of(Patterns.batch(config, i))));
                }
            }
        }
        return reports;
    }

    /**
     * Trains on the device, twice.
     *
     * @param title of the section
     * @param here the steps on the CPU
     * @param allowed relative difference of the loss
     */
    static Section run(String title, List<StepReport> here, Backends.Choice device, double allowed) {
        Section section = new Section(title);
        Map<String, Long> before = Fallbacks.counts();
        List<StepReport> there = steps(device);
        List<String> fallen = Fallbacks.counts().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(device.backend().name() + " ")
                        && entry.getValue() > before.getOrDefault(entry.getKey(), 0L))
                .map(Map.Entry::getKey).toList();
        List<StepReport> again = steps(device);
        section.row("step", "loss, cpu", "loss, " + device.backend().name(), "relative difference",
                "gradient norm, cpu", "gradient norm, " + device.backend().name());
        for (int i = 0; i < STEPS; i++) {
            double difference = Math.abs(here.get(i).loss() - there.get(i).loss()) / Math.abs(here.get(i).loss());
            section.row(i, "%.6f".formatted(here.get(i).loss()), "%.6f".formatted(there.get(i).loss()),
                    "%.1e".formatted(difference), "%.5f".formatted(here.get(i).gradientNorm()),
                    "%.5f".formatted(there.get(i).gradientNorm()));
            if (!(difference <= allowed)) {
                section.failure("step %d: loss differs by %.2e (allowed %.0e)".formatted(i, difference, allowed));
            }
        }
        section.line("");
        section.line("A second run on the device gave " + (there.equals(again) ? "the same bytes." : "other bytes."));
        if (!there.equals(again)) {
            section.failure("the same seed gave other numbers in a second run");
        }
        section.line("Ops that fell back to the host: " + (fallen.isEmpty() ? "none" : fallen) + ".");
        section.field("fallbacks", fallen);
        section.field("cpu", here.stream().map(StepReport::loss).toList());
        section.field("device", there.stream().map(StepReport::loss).toList());
        section.field("repeatable", there.equals(again));
        return section;
    }
}
