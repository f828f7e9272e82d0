package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code --init} takes weights from. A frozen backbone tells in the end what it began with. */
class FineTuneInitTest {
    private static final List<String> FROZEN = List.of("--batch", "4", "--epochs", "1", "--cache", "off", "--drawn",
            "6,2,2", "--drawn-pixels", "64", "--set", "model.headChannels=8", "--set", "optimizer.frozen=true");

    @TempDir
    private static Path folder;
    private static Path pretrained;

    @BeforeAll
    static void pretrain() {
        pretrained = folder.resolve("ace");
        Outcome outcome = Outcome.of("pretrain", "--out", pretrained.toString(), "--model", "vit_nano", "--set",
                "grid.imagePixels=128", "--set", "grid.viewCells=4", "--set", "globalHead.hidden=32", "--set",
                "globalHead.outputs=32", "--set", "augment.mean=0.4", "--batch", "2", "--drawn", "6", "--steps", "3",
                "--no-report");
        assertThat(outcome.code()).as(outcome.err()).isZero();
    }

    private static SmallRun run(String kind, String name, String... more) {
        Path out = folder.resolve(name);
        Outcome outcome = SmallRun.finetune(kind, out, FROZEN, more);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.err()).startsWith("checkpoint ").contains("\n  backbone    78 of 78 tensors, ");
        return new SmallRun(out);
    }

    /** The backbone in a file, all of its numbers. */
    private static List<float[]> backbone(Path file, String before) {
        List<float[]> values = new ArrayList<>();
        try (MemoryScope _ = MemoryScope.open("test"); SafetensorsFile weights = Safetensors.open(file)) {
            weights.names().stream().filter(name -> name.startsWith(before) && !name.contains("head."))
                    .sorted().forEach(name -> values.add(weights.load(name).toFloats()));
        }
        assertThat(values).hasSize(78);
        return values;
    }

    private static List<float[]> tuned(SmallRun run) throws IOException {
        return backbone(run.checkpoints().getLast(), "model.backbone.");
    }

    private static void same(List<float[]> one, List<float[]> other) {
        for (int i = 0; i < one.size(); i++) {
            assertThat(one.get(i)).isEqualTo(other.get(i));
        }
    }

    @ParameterizedTest
    @CsvSource({"classify, teacher", "segment, student"})
    void aRunOfPretraining(String kind, String part) throws IOException {
        Path last = new SmallRun(pretrained).checkpoints().getLast();
        SmallRun run = part.equals("teacher") ? run(kind, part, "--init", pretrained.toString())
                : run(kind, part, "--init", last.toString(), "--part", part, "--method", "the student");
        same(tuned(run), backbone(last, part + ".backbone."));
        assertThat(backbone(last, "teacher.backbone.").getFirst()).isNotEqualTo(backbone(last, "student.backbone.")
                .getFirst());
        assertThat(run.json("run.json").get("transfer").get("view").get("pixels").asInt()).isEqualTo(64);
        assertThat(run.json("run.json").get("transfer").get("augment").get("mean").asDouble()).isEqualTo(0.4);
        assertThat(run.json("result.json").get("model").asText()).isEqualTo("vit_nano");
        assertThat(run.json("result.json").get("method").asText()).isEqualTo(part.equals("teacher") ? "ace"
                : "the student");
        assertThat(run.folder().resolve("starts.jsonl")).content().contains("\"begun from\":");
    }

    @Test
    void theBestOfAFineTunedRun() throws IOException {
        SmallRun first = SmallRun.drawn("classify", folder.resolve("first"), "--view", "64", "--epochs", "4");
        assertThat(first.checkpoints()).as("the best, and the last").hasSize(2);
        SmallRun second = run("keypoints", "second", "--init", first.folder().toString());
        same(tuned(second), backbone(first.checkpoints().getFirst(), "model.backbone."));
        assertThat(second.json("result.json").get("method").asText()).isEqualTo("first");
    }

    @Test
    void weightsThatOthersPublish() throws IOException {
        Path file = PlainWeights.write(folder.resolve("foreign.safetensors"), "vit_nano_patch16_32");
        SmallRun run = run("classify", "foreign", "--init", file.toString(), "--model", "vit_nano", "--view", "32");
        same(tuned(run), backbone(file, ""));
        assertThat(run.json("result.json").get("method").asText()).isEqualTo("foreign");
        byte[] result = run.bytes("result.json");

        Files.delete(file); // a run that goes on has its weights
        Outcome again = SmallRun.finetune("classify", run.folder(), List.of("--cache", "off"), "--resume");
        assertThat(again.err()).isEmpty();
        assertThat(again.code()).isZero();
        assertThat(run.bytes("result.json")).isEqualTo(result);
    }

    @Test
    void partsThatAFileDoesNotHave() {
        Outcome outcome = SmallRun.finetune("classify", folder.resolve("none"), FROZEN, "--init", pretrained.toString(),
                "--part", "pupil");
        assertThat(outcome.err()).startsWith("panacea finetune classify: checkpoint ").contains("pupil", "student")
                .endsWith(")\n").hasLineCount(1);
        assertThat(outcome.code()).isEqualTo(1);
    }

    @Test
    void otherSizesOfViewsStretchTablesOfPlaces() {
        SmallRun run = run("classify", "stretched", "--init", pretrained.toString(), "--view", "96");
        assertThat(Stream.of("result.json", "predictions.csv").map(run.folder()::resolve)).allMatch(Files::exists);
    }
}
