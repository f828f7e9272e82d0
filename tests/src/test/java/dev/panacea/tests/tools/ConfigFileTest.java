package dev.panacea.tests.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choices of a run as a file: written beside the checkpoints, and enough to run the same again. */
class ConfigFileTest {
    @TempDir
    private Path folder;

    private Outcome pretrain(String out, String... options) {
        return Outcome.of(Stream.concat(Stream.of("pretrain", "--no-report", "--out", folder.resolve(out).toString()),
                Stream.of(options)).toArray(String[]::new));
    }

    private Path last(String out) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(out).resolve("checkpoints"))) {
            return files.max(Path::compareTo).orElseThrow();
        }
    }

    @Test
    void theFileOfARunMakesTheSameRunAgain() throws IOException {
        assertThat(pretrain("first", "--model", "vit_nano", "--image", "128", "--view", "64", "--batch", "2",
                "--accumulate", "1", "--seed", "3", "--drawn", "4", "--epochs", "1", "--set", "globalHead.outputs=32",
                "--set", "optimizer.rate=0.002", "--set", "weights.global=0.25").code()).isZero();
        Path file = folder.resolve("first/run.json");
        JsonNode tree = new ObjectMapper().readTree(file.toFile());
        assertThat(tree.at("/drawn").intValue()).isEqualTo(4);
        assertThat(tree.at("/pretrain/seed").intValue()).isEqualTo(3);
        assertThat(tree.at("/pretrain/optimizer/batch").intValue()).isEqualTo(2);
        assertThat(tree.at("/pretrain/weights/global").doubleValue()).isEqualTo(0.25);
        try (Checkpoint saved = Checkpoint.open(last("first"))) {
            assertThat(PretrainConfig.parse(saved.progress().texts().get("config")))
                    .as("what the checkpoint holds").isEqualTo(PretrainConfig.parse(tree.get("pretrain").toString()));
        }

        assertThat(pretrain("again", "--config", file.toString()).code()).isZero();
        assertThat(Files.mismatch(file, folder.resolve("again/run.json"))).isEqualTo(-1);
        assertThat(Files.mismatch(last("first"), last("again"))).isEqualTo(-1);
    }

    @Test
    void optionsChangeWhatTheFileSays() throws IOException {
        Path file = folder.resolve("mine.json");
        Files.writeString(file, """
                {"recipe": "paper", "model": {"name": "vit_nano"}, "augment": {"channels": 1},
                 "grid": {"imagePixels": 128, "cellPixels": 16, "viewCells": 4}, "optimizer": {"batch": 4}}
                """);
        assertThat(pretrain("run", "--config", file.toString(), "--batch", "2", "--drawn", "2", "--steps", "1").err())
                .isEmpty();
        JsonNode tree = new ObjectMapper().readTree(folder.resolve("run/run.json").toFile());
        assertThat(tree.at("/pretrain/recipe").textValue()).isEqualTo("paper");
        assertThat(tree.at("/pretrain/optimizer/batch").intValue()).isEqualTo(2);
        assertThat(tree.at("/pretrain/weights/composition").intValue()).isEqualTo(1);
        assertThat(List.of(Files.readString(file).split("\n"))).as("the file is left as it was").hasSize(2);
    }

    /** Each flag may stand in a file of flags, before others on the command line. */
    @Test
    void flagsMayStandInAFile() throws IOException {
        Path flags = folder.resolve("flags.txt");
        Files.writeString(flags, """
                --model vit_nano --image 128 --view 64
                --drawn 2 --batch 1
                --steps 2 --save-every 1
                --set globalHead.outputs=32
                """);
        Outcome outcome = pretrain("run", "@" + flags, "--seed", "5");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        JsonNode tree = new ObjectMapper().readTree(folder.resolve("run/run.json").toFile());
        assertThat(tree.at("/pretrain/model/name").textValue()).isEqualTo("vit_nano");
        assertThat(tree.at("/pretrain/globalHead/outputs").intValue()).isEqualTo(32);
        assertThat(tree.at("/pretrain/seed").intValue()).isEqualTo(5);
        try (Stream<Path> files = Files.list(folder.resolve("run").resolve("checkpoints"))) {
            assertThat(files).hasSize(2);
        }
    }
}
