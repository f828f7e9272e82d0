package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs of {@code panacea finetune} as small as can be.
 *
 * @param folder of the run
 */
record SmallRun(Path folder) {
    /** Choices of a run of some steps, each a moment. */
    static final List<String> TINY = List.of("--model", "vit_nano", "--view", "32", "--set", "model.headChannels=8",
            "--batch", "4", "--epochs", "1", "--cache", "off");
    /** Drawn data for it. */
    static final List<String> DRAWN = List.of("--drawn", "6,2,2", "--drawn-pixels", "64");

    /** What a command line says, without the page that runs end with; options that are given again replace those. */
    static Outcome finetune(String kind, Path out, List<String> options, String... more) {
        List<String> args = new ArrayList<>(List.of("finetune", kind, "--out", out.toString(), "--no-report"));
        args.addAll(with(options, more));
        return Outcome.of(args.toArray(String[]::new));
    }

    /** Options, of which each has a value, and more, which may be given again. */
    static List<String> with(List<String> options, String... more) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < options.size(); i += 2) {
            if (options.get(i).equals("--set") || !List.of(more).contains(options.get(i))) {
                all.addAll(options.subList(i, i + 2));
            }
        }
        all.addAll(List.of(more));
        return all;
    }

    /** The options of a run on drawn data. */
    static List<String> drawn() {
        return Stream.concat(TINY.stream(), DRAWN.stream()).toList();
    }

    /** A run on drawn data that ends well. */
    static SmallRun drawn(String kind, Path out, String... more) {
        Outcome outcome = finetune(kind, out, drawn(), more);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return new SmallRun(out);
    }

    byte[] bytes(String file) throws IOException {
        return Files.readAllBytes(folder.resolve(file));
    }

    JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(file).toFile());
    }

    List<String> predictions() throws IOException {
        return Files.readAllLines(folder.resolve("predictions.csv"));
    }

    /** The checkpoints, the last one at the end. */
    List<Path> checkpoints() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("checkpoints"))) {
            return files.sorted().toList();
        }
    }

    /** The steps that the log tells of; a line that was cut short is left out. */
    List<Long> steps() throws IOException {
        List<Long> steps = new ArrayList<>();
        String log = Files.exists(folder.resolve("log.jsonl")) ? Files.readString(folder.resolve("log.jsonl")) : "";
        for (String line : log.substring(0, log.lastIndexOf('\n') + 1).lines().toList()) {
            steps.add(new ObjectMapper().readTree(line).get("step").longValue());
        }
        return steps;
    }
}
