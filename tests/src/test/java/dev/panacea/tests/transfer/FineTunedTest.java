package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.nn.checkpoint.RunState;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.memory.MemoryPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fine-tuned networks from folders and files; what is none is refused in one line. */
class FineTunedTest {
    @TempDir
    private Path folder;

    private static void assertRefused(Path given, String message) {
        try (MemoryScope _ = MemoryScope.open("load")) {
            assertThatThrownBy(() -> FineTuned.load(given)).as(message).isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith("checkpoint " + given).hasMessageContaining(message)
                    .hasMessageNotContaining("\n");
        }
        assertThat(FineTuned.isFineTuned(given)).isFalse();
    }

    /** A checkpoint that says this of itself. */
    private Path saved(TransferRun.Start start, Map<String, String> texts) {
        Path file = folder.resolve("said.safetensors");
        Checkpoint.save(file, new RunState().model("model", start.network().parameters().all()),
                new Progress(new Position(0, 0, 0, 0), texts, List.of(), Double.NaN));
        return file;
    }

    @Test
    void loads() throws IOException {
        TransferConfig config = Tuning.config(TransferKind.KEYPOINTS, "vit_nano", "optimizer.epochs", "1",
                "optimizer.batch", "2");
        ExampleSet set = Tuning.set(TransferKind.KEYPOINTS, 2, 1, 1);
        try (MemoryScope _ = MemoryScope.open("run")) {
            TransferRun.Start start = TransferRun.Start.random(config, set);
            try (TransferRun run = TransferRun.open(start, folder, Tuning.LIMITS)) {
                Tuning.steps(run, 1);
                Path file = TransferRun.folder(folder, TransferKind.KEYPOINTS).files().getFirst();
                for (Path given : List.of(folder, file)) {
                    assertThat(FineTuned.isFineTuned(given)).isTrue();
                    FineTuned tuned = FineTuned.load(given);
                    assertThat(tuned.file()).isEqualTo(file);
                    assertThat(tuned.config()).isEqualTo(config);
                    assertThat(tuned.facts().labels()).isEqualTo(Tuning.LABELS);
                    assertThat(tuned.facts().kind()).isEqualTo(LabelSet.Kind.MARKS);
                    assertThat(tuned.inference(false, Tuning.LIMITS).answer(set.test().read(0).picture()))
                            .isEqualTo(run.best(false).answer(set.test().read(0).picture()));
                }
                damaged(Files.readAllBytes(file));
            }
            said(start, config);
        }
    }

    private void damaged(byte[] bytes) throws IOException {
        Path broken = folder.resolve("broken.safetensors");
        bytes[bytes.length / 2] ^= 4;
        Files.write(broken, bytes);
        assertRefused(broken, "checksum");
        Files.write(broken, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(broken, "");
        Files.write(broken, new byte[0]);
        assertRefused(broken, "");
        Files.writeString(broken, "not weights but words");
        assertRefused(broken, "");
        Safetensors.save(broken, Map.of("head.weight", Tensor.zeros(3)), Map.of());
        assertRefused(broken, "no checksum");
        assertRefused(folder.resolve("nothing.safetensors"), "");
        assertRefused(Files.createDirectory(folder.resolve("empty")), "no checkpoint in this folder");
    }

    private void said(TransferRun.Start start, TransferConfig config) {
        String facts = "{\"set\": \"discs\", \"kind\": \"MARKS\", \"labels\": [\"bright\", \"dim\"]}";
        assertRefused(saved(start, Map.of("config", "{}")), "not that of a fine-tuned network");
        for (String wrong : List.of("", "[]", "{", "{\"labels\": []}", "{\"kind\": \"SOME\"}", "{\"labels\": [null]}",
                "{\"labels\": 3}", facts.replace("set", "sets"))) {
            assertWrong(saved(start, Map.of("transfer", config.json(), "task", wrong)));
        }
        assertWrong(saved(start, Map.of("transfer", config.json())));
        assertWrong(saved(start, Map.of("transfer", "{\"model\": 5}", "task", facts)));
        assertWrong(saved(start, Map.of("transfer", config.with(Map.of("model.name", "swin_nano")).json(), "task",
                facts)));
        assertThat(FineTuned.load(saved(start, Map.of("transfer", config.json(), "task", facts))).config())
                .isEqualTo(config);
        asksForMore(start, config, facts);
    }

    /** A small file that says it is of a large network is refused before memory is taken for that. */
    private void asksForMore(TransferRun.Start start, TransferConfig config, String facts) {
        long before = MemoryPool.HOST.liveBytes() + MemoryPool.HOST.idleBytes();
        for (String channels : List.of("20000", "2000000000")) {
            assertWrong(saved(start, Map.of("transfer", config.with(Map.of("model.headChannels", channels)).json(),
                    "task", facts)));
        }
        assertWrong(saved(start, Map.of("transfer", config.json().replaceAll("\"pixels\" : \\d+",
                "\"pixels\" : 1000000"), "task", facts)));
        assertThat(MemoryPool.HOST.liveBytes() + MemoryPool.HOST.idleBytes() - before).isLessThan(1 << 24);
    }

    private static void assertWrong(Path given) {
        try (MemoryScope _ = MemoryScope.open("load")) {
            assertThatThrownBy(() -> FineTuned.load(given)).isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith("checkpoint " + given).hasMessageNotContaining("\n");
        }
    }
}
