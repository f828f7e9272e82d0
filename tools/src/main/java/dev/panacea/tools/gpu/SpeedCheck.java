package dev.panacea.tools.gpu;

import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.Recipe;
import dev.panacea.tensor.Backend;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.OpProfile;
import dev.panacea.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whole steps of the method as published, a Swin-B on views of 448 pixels, on the device. */
final class SpeedCheck {
    private static final int SHOWN = 14;
    private static final int WARM = 3;
    private static final int SQUARE = 8192;

    private final Backend device;
    private final Section section;
    private final int batch;
    private final int steps;

    private SpeedCheck(Backend device, String precision, int batch, int steps) {
        this.device = device;
        this.section = new Section("Speed in " + precision);
        this.batch = batch;
        this.steps = steps;
    }

    /** Measures steps of a batch; {@code precision} is for the title. */
    static Section run(Backend device, String precision, int batch, int steps) {
        SpeedCheck check = new SpeedCheck(device, precision, batch, steps);
        check.measure();
        return check.section;
    }

    private void measure() {
        double product = product();
        section.line("A product of two %d² matrices reaches %.1f TFLOP/s.".formatted(SQUARE, product));
        section.field("productTeraflops", product);
        PretrainConfig config = Recipe.PANACEA.config().with(Map.of("optimizer.batch", Integer.toString(batch)));
        try (MemoryScope _ = MemoryScope.open("speed")) {
            long begun = System.nanoTime();
            PretrainStep training = new PretrainStep(config, 1000);
            Batch views = Patterns.batch(config, 0);
            device.synchronize();
            double made = (System.nanoTime() - begun) / 1e9;
            begun = System.nanoTime();
            for (int i = 0; i < WARM; i++) {
                training.run(List.of(views));
            }
            double warm = (System.nanoTime() - begun) / 1e9;
            double work;
            List<OpProfile.Entry> entries;
            try (OpProfile profile = OpProfile.start()) {
                training.run(List.of(views));
                work = profile.work().flops();
                entries = profile.byOp();
            }
            steady(training, views, work, product);
            section.line("Networks and a batch were made in %.1f s, the first %d steps took %.1f s."
                    .formatted(made, WARM, warm));
            profile(entries);
        }
    }

    private void steady(PretrainStep training, Batch views, double work, double product) {
        device.pool().resetPeak();
        Map<String, Long> fallbacks = Fallbacks.counts();
        Map<String, Long> before = device.counts();
        double loss = 0;
        long begun = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            loss = training.run(List.of(views)).loss();
        }
        device.synchronize();
        double seconds = (System.nanoTime() - begun) / 1e9 / steps;
        double gibibytes = device.pool().peakBytes() / (double) (1 << 30);
        double teraflops = work / seconds / 1e12;
        section.line(("A step of the published method (Swin-B, window 7, 448², batch %d, two views, student, teacher, "
                + "losses, AdamW): %.3f s, **%.1f images/s**, %.1f TFLOP/s in products, %.2f of the product above; at "
                + "most %.1f GiB in use; loss %.4f.").formatted(batch, seconds, batch / seconds, teraflops,
                teraflops / product, gibibytes, loss));
        section.field("secondsPerStep", seconds);
        section.field("imagesPerSecond", batch / seconds);
        section.field("teraflops", teraflops);
        section.field("gibibytes", gibibytes);
        section.field("loss", loss);
        Map<String, Long> each = new LinkedHashMap<>();
        device.counts().forEach((name, count) -> each.put(name, (count - before.getOrDefault(name, 0L)) / steps));
        section.line("Of each step: " + each + ".");
        section.line("Attention: " + device.facts().getOrDefault("attention", "own kernels") + ".");
        section.field("eachStep", each);
        Map<String, Long> fallen = new LinkedHashMap<>();
        Fallbacks.counts().forEach((name, count) -> {
            long more = count - fallbacks.getOrDefault(name, 0L);
            if (more > 0 && name.startsWith(device.name() + " ")) {
                fallen.put(name.substring(device.name().length() + 1), more / steps);
            }
        });
        section.line("Ops that fell back to the host in each step: " + (fallen.isEmpty() ? "none" : fallen) + ".");
        section.field("fallbacks", fallen);
        if (!Double.isFinite(loss)) {
            section.failure("the loss is " + loss);
        }
        if (!fallen.isEmpty()) {
            section.failure("a step leaves the device: " + fallen);
        }
    }

    private void profile(List<OpProfile.Entry> entries) {
        double all = entries.stream().mapToDouble(OpProfile.Entry::seconds).sum();
        section.line("One step with a wait after every op takes %.3f s:".formatted(all));
        section.row("op", "calls", "ms", "share");
        Map<String, Double> shares = new LinkedHashMap<>();
        for (OpProfile.Entry entry : entries.subList(0, Math.min(SHOWN, entries.size()))) {
            section.row(entry.op(), entry.calls(), "%.2f".formatted(1e3 * entry.seconds()),
                    "%.3f".formatted(entry.seconds() / all));
            shares.put(entry.op(), entry.seconds());
        }
        section.field("profileSeconds", shares);
    }

    /** How fast one large product is, in TFLOP/s: the best that the precision gives. */
    private double product() {
        double best = Double.MAX_VALUE;
        try (MemoryScope _ = MemoryScope.open("product")) {
            Tensor a = Tensor.ones(SQUARE, SQUARE);
            for (int i = 0; i < 4; i++) {
                try (MemoryScope _ = MemoryScope.open("one")) {
                    device.synchronize();
                    long begun = System.nanoTime();
                    a.matmul(a);
                    device.synchronize();
                    best = Math.min(best, (System.nanoTime() - begun) / 1e9);
                }
            }
        }
        return 2.0 * SQUARE * SQUARE * SQUARE / best / 1e12;
    }
}
