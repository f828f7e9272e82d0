package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.tensor.Backend;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tests.transfer.Tuning;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A step of fine-tuning and a look at the validation part on the device: as on the CPU, no op left to the host. */
@Tag("cuda")
class CudaTransferTest {
    @TempDir
    private Path folder;
    private CudaBackend device;

    @BeforeEach
    void open() {
        device = StandIn.open();
    }

    @AfterEach
    void close() {
        StandIn.mend();
        device.close();
        assertThat(StandIn.living().values()).as("left on the device").containsOnly(0L);
    }

    private TransferRun.Done step(TransferConfig config, Backend backend) {
        ExampleSet set = Tuning.set(config.kind(), 2, 2, 0);
        Backends.use(new Backends.Choice(backend, backend.name() + ": for a test"));
        try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = TransferRun.open(
                TransferRun.Start.random(config, set), folder.resolve(backend.name()), new LoadLimits(1, 0))) {
            TransferRun.Done done = run.next();
            assertThat(run.isDone()).isTrue();
            return done;
        } finally {
            Backends.use(Backends.choose("cpu"));
        }
    }

    @ParameterizedTest
    @CsvSource({"CLASSIFY, ''", "SEGMENT, ''", "KEYPOINTS, CROSS_ENTROPY", "KEYPOINTS, SQUARES"})
    void learnsAsTheCpuDoes(TransferKind kind, String heat) {
        TransferConfig config = Tuning.config(kind, "vit_nano", "optimizer.batch", "2", "optimizer.epochs", "1",
                "loss.classWeights", "true", "model.patch", "16", "loss.heat", heat.isEmpty() ? "SQUARES" : heat);
        TransferRun.Done here = step(config, Backends.cpu());
        Map<String, Long> before = Fallbacks.counts();
        TransferRun.Done there = step(config, device);
        Map<String, Long> fallbacks = Fallbacks.counts();
        fallbacks.entrySet().removeIf(count -> !count.getKey().startsWith("cuda")
                || count.getValue().equals(before.get(count.getKey())));
        assertThat(there.loss()).isCloseTo(here.loss(), within(1e-4));
        if (!Double.isNaN(here.validation())) {
            assertThat(there.validation()).isCloseTo(here.validation(), within(0.05 * Math.abs(here.validation())));
        }
        assertThat(fallbacks).as("ops computed on the host").isEmpty();
    }
}
