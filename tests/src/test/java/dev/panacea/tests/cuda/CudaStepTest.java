package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.train.StepReport;
import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.tensor.Backend;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tests.ace.Runs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Whole steps of pretraining on the device: as on the CPU, the same bytes each time, and nothing left behind. */
@Tag("cuda")
class CudaStepTest {
    private static final int STEPS = 2;
    private CudaBackend device;

    @BeforeEach
    void open() {
        device = StandIn.open();
    }

    @AfterEach
    void close() {
        StandIn.descending(false);
        StandIn.mend();
        device.close();
    }

    /** What some steps told, and all values after them. */
    private record Trained(List<StepReport> reports, Map<String, float[]> values) {}

    private static PretrainConfig config(String model) {
        return Runs.config(Recipe.PANACEA, model).with(Map.of("optimizer.batch", "2"));
    }

    /** Goes some steps further on a device, with pictures that are decoded and cut on the CPU. */
    private static List<StepReport> run(PretrainStep training, Backend device, int steps) {
        List<StepReport> reports = new ArrayList<>();
        for (int k = 0; k < steps; k++) {
            try (MemoryScope _ = MemoryScope.open("run")) {
                Batch batch = onCpu(() -> Runs.batch(training.config(), training.steps(), Runs.pictures()));
                reports.add(training.run(List.of(new Batch(batch.names(), batch.crops(), batch.first().to(device),
                        batch.second().to(device)))));
            }
        }
        return reports;
    }

    private static Batch onCpu(Supplier<Batch> work) {
        Backends.Choice before = new Backends.Choice(Backends.current(), "as before");
        Backends.use(Backends.choose("cpu"));
        try {
            return work.get();
        } finally {
            Backends.use(before);
        }
    }

    private static Map<String, float[]> values(PretrainStep training) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Parameter p : training.student().parameters().all()) {
            values.put("student." + p.path(), p.value().to(Backends.cpu()).toFloats());
        }
        for (Parameter p : training.teacher().parameters().all()) {
            values.put("teacher." + p.path(), p.value().to(Backends.cpu()).toFloats());
        }
        return values;
    }

    private static Trained train(String model, Backend device) {
        Backends.use(new Backends.Choice(device, device.name() + ": for a test"));
        try (MemoryScope _ = MemoryScope.open("train")) {
            PretrainStep training = new PretrainStep(config(model), 3);
            List<StepReport> reports = new ArrayList<>(run(training, device, 1));
            long blocks = blocks(device);
            reports.addAll(run(training, device, STEPS - 1));
            assertThat(blocks(device)).as("blocks of memory after more steps").isEqualTo(blocks);
            return new Trained(reports, values(training));
        } finally {
            Backends.use(Backends.choose("cpu"));
        }
    }

    private static long blocks(Backend device) {
        return device instanceof CudaBackend card ? card.pool().liveBlocks() : 0;
    }

    @Test
    void trainsAsTheCpuDoes(TestReporter reporter) {
        Trained here = train("swin_nano", Backends.cpu());
        Map<String, Long> before = Fallbacks.counts();
        Trained there = train("swin_nano", device);
        Map<String, Long> fallbacks = Fallbacks.counts();
        fallbacks.entrySet().removeIf(count -> !count.getKey().startsWith("cuda")
                || count.getValue().equals(before.get(count.getKey())));
        for (int step = 0; step < STEPS; step++) {
            close(there.reports.get(step), here.reports.get(step));
        }
        reporter.publishEntry("parameters", "after " + STEPS + " steps the distance is "
                + distance(there.values, here.values) + " at most");
        assertThat(distance(there.values, here.values)).as("distance of parameters").isLessThan(5e-5);
        assertThat(fallbacks).as("ops computed on the host").isEmpty();
    }

    private static void close(StepReport there, StepReport here) {
        double part = 3e-5;
        assertThat(there.loss()).isCloseTo(here.loss(), within(part * Math.abs(here.loss())));
        assertThat(there.global()).isCloseTo(here.global(), within(part * Math.abs(here.global())));
        assertThat(there.composition()).isCloseTo(here.composition(), within(part * here.composition()));
        assertThat(there.decomposition()).isCloseTo(here.decomposition(), within(part * here.decomposition()));
        assertThat(there.gradientNorm()).isCloseTo(here.gradientNorm(), within(part * here.gradientNorm()));
    }

    /** The largest distance that a parameter has from the expected one, relative to the length of that. */
    private static double distance(Map<String, float[]> actual, Map<String, float[]> expected) {
        double worst = 0;
        for (String path : expected.keySet()) {
            float[] values = expected.get(path);
            // Softmax does not see the bias of keys: its gradient is rounding alone, of which AdamW makes whole steps.
            boolean keys = path.endsWith("attn.qkv.bias");
            double difference = 0;
            double length = 1e-12;
            for (int i = 0; i < values.length; i++) {
                if (!keys || 3 * i / values.length != 1) {
                    difference += Math.pow((double) actual.get(path)[i] - values[i], 2);
                    length += Math.pow(values[i], 2);
                }
            }
            worst = Math.max(worst, Math.sqrt(difference / length));
        }
        return worst;
    }

    @Test
    void sameBytesAgainInTheOtherOrderOfThreads() {
        Trained first = train("vit_nano", device);
        StandIn.descending(true);
        Trained second = train("vit_nano", device);
        assertThat(second.reports).isEqualTo(first.reports);
        first.values.forEach((path, values) -> assertThat(second.values.get(path)).as(path).isEqualTo(values));
        device.close();
        assertThat(StandIn.living().values()).as("left on the device").containsOnly(0L);
    }

    @Test
    void checkpointsGoFromDeviceToDevice(@TempDir Path folder) {
        Backend cpu = Backends.cpu();
        Map<String, float[]> stayed = movedAfterTwo(cpu, cpu, folder.resolve("a.safetensors"));
        for (Backend[] way : new Backend[][] {{cpu, device}, {device, cpu}}) {
            Map<String, float[]> moved = movedAfterTwo(way[0], way[1], folder.resolve("b.safetensors"));
            assertThat(distance(moved, stayed)).as("from %s to %s", way[0].name(), way[1].name()).isLessThan(2e-4);
        }
    }

    private static Map<String, float[]> movedAfterTwo(Backend from, Backend to, Path file) {
        try (MemoryScope _ = MemoryScope.open("from")) {
            Backends.use(new Backends.Choice(from, "for a test"));
            PretrainStep training = new PretrainStep(config("vit_nano"), 3);
            run(training, from, 2);
            Checkpoint.save(file, training.state(), new Progress(new Position(0, training.steps(), 0, 0), Map.of(),
                    List.of(), Double.NaN));
        } finally {
            Backends.use(Backends.choose("cpu"));
        }
        try (MemoryScope _ = MemoryScope.open("to"); Checkpoint saved = Checkpoint.open(file)) {
            Backends.use(new Backends.Choice(to, "for a test"));
            PretrainStep training = new PretrainStep(config("vit_nano"), 3);
            saved.restore(training.state());
            assertThat(run(training, to, 1).getFirst().step()).isEqualTo(2);
            return values(training);
        } finally {
            Backends.use(Backends.choose("cpu"));
        }
    }
}
