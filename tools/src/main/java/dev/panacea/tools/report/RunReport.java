package dev.panacea.tools.report;

import dev.panacea.ace.run.BatchLoader;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.CheckpointFolder;
import dev.panacea.nn.checkpoint.Metric;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.io.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code report.html}: what a run of pretraining was and what came of it, in one page that needs no other file and no
 * network. It is made of the run's folder alone: its log, its last checkpoint, and the weights before training, which
 * the seed gives again.
 *
 * @param run the folder of the run
 * @param data what the pictures are, in words
 * @param config the choices of the run
 * @param source pictures to show
 */
public record RunReport(Path run, String data, PretrainConfig config, PictureSource source) {
    private static final String LOSSES = """
            The student is asked three things: to say of the whole what the teacher says of another crop (global), to
            find parts in their whole (composition) and the whole in its parts (decomposition). A partner is found
            where the largest entry of a token's row of M is that of the very token which shows the same pixels. Light:
            each step; dark: a moving mean.""";
    private static final String CROPS = """
            Two crops of one film along a common grid. A token of C2 covers exactly 2 × 2 tokens of C1, so it is known
            which tokens show the same pixels: equal numbers are a whole p and its four parts q.""";
    private static final String MATCHING = """
            M = sigmoid of scaled products of the teacher's and the student's tokens, for the first film: before
            training, now, and as it should be (T). Rows or columns without light in T have no partner in the other
            crop.""";
    private static final String NEAREST = """
            Click a token, or draw across: the lighter, the more like it. White: the token chosen; dashed: the one that
            shows the same place; blue: the most similar one. In a trained network the same anatomy lights up in
            another crop and in another patient.""";
    private static final String COLLAPSE = """
            A network can satisfy a loss without telling anything apart. Then the teacher's tokens are all alike, lie
            along one line, or every view gets the same probabilities; or everything matches everything, and partners
            are found by chance alone. The run watches this at every step.
            """;

    /**
     * Writes the page.
     *
     * @throws dev.panacea.tensor.DataException if the log is missing or damaged, or no picture can be read
     * @throws CheckpointException if there is no checkpoint, or a damaged one, or one of another configuration
     */
    public void write(Path page) {
        RunHistory log = RunHistory.read(run.resolve("log.jsonl"));
        CheckpointFolder checkpoints = new CheckpointFolder(run.resolve("checkpoints"), 1, Metric.LOWER_IS_BETTER);
        if (checkpoints.files().isEmpty()) {
            throw new CheckpointException("report: " + run.resolve("checkpoints") + ": no checkpoint (name the folder"
                    + " of a run that saved one)");
        }
        try (MemoryScope _ = MemoryScope.open("report")) {
            List<Shown> films = Shown.of(source, config);
            Look trained;
            long steps;
            try (MemoryScope _ = MemoryScope.open("trained"); Checkpoint last = checkpoints.latest().orElseThrow()) {
                PretrainStep networks = networks();
                last.restore(networks.state());
                steps = last.progress().position().step();
                trained = Look.of(networks, films);
            }
            Look random;
            try (MemoryScope _ = MemoryScope.open("random")) {
                random = Look.of(networks(), films);
            }
            AtomicFile.write(page, "report", html(log, steps, new Maps(films, random, trained),
                    List.of(random, trained)).getBytes(StandardCharsets.UTF_8));
        }
    }

    private PretrainStep networks() {
        return new PretrainStep(config, BatchLoader.stepsPerEpoch(source, config));
    }

    private String html(RunHistory log, long steps, Maps maps, List<Look> looks) {
        Curves curves = new Curves(log, config, looks.getFirst().spectrum().values().length);
        String title = "Pretraining of " + config.model().name();
        return new Page(title)
                .add("<h1>" + Page.escaped(title) + "</h1>\n<p class=\"lead\">" + lead(log, steps) + "</p>\n")
                .add(warning(log)).add(curves.table())
                .section("losses", "Losses, and partners found", LOSSES).add(curves.losses())
                .section("crops", "What it sees", CROPS).add(maps.crops())
                .section("matching", "Matching matrices", MATCHING).add(maps.matches())
                .section("colours", "What tokens mean, as colours", colours(looks)).add(maps.colours())
                .section("nearest", "Which tokens are alike", NEAREST).add(maps.nearest())
                .section("collapse", "Signs of collapse", COLLAPSE + ranks(looks)).add(curves.collapse())
                .section("schedules", "Schedules and speed", "What depends on the step alone, and how it went.")
                .add(curves.schedules())
                .section("run", "The run", "Where it ran and of what.").add(facts(log, steps))
                .section("choices", "Choices that are not the recipe's", "All others are those of the recipe "
                        + Page.escaped(config.recipe()) + ".").add(Facts.changes(config))
                .end();
    }

    private String lead(RunHistory log, long steps) {
        String found = log.has("match/composition") ? String.format(Locale.ROOT, " It now finds the partner of %.0f %%"
                + " of the tokens in composition, where guessing finds %.0f %%.", 100 * log.end("match/composition"),
                400.0 / (config.grid().viewCells() * config.grid().viewCells())) : "";
        return String.format(Locale.ROOT, "%d steps of %d pictures on %s, without labels: the loss went from %.3f to"
                + " %.3f.%s", steps, config.optimizer().pictures(), Page.escaped(data), log.begin("loss"),
                log.end("loss"), found);
    }

    private static String warning(RunHistory log) {
        StringBuilder html = new StringBuilder(log.collapses().isEmpty() && log.has("teacher/rank")
                ? "<p class=\"good\">No collapse was seen.</p>\n" : "");
        log.collapses().forEach(line -> html.append("<p class=\"bad\">").append(Page.escaped(line)).append("</p>\n"));
        return html.toString();
    }

    private static String colours(List<Look> looks) {
        return String.format(Locale.ROOT, """
                The three directions in which tokens differ most become red, green and blue; equal colours in a block
                are like tokens, in all films and crops. With random weights these three hold %.0f&nbsp;%% of the
                variance, trained %.0f&nbsp;%%.""", 100 * looks.getFirst().spectrum().explained(3),
                100 * looks.getLast().spectrum().explained(3));
    }

    private static String ranks(List<Look> looks) {
        return String.format(Locale.ROOT, """
                Its rank is (Σλ)² / Σλ² of the eigenvalues of the tokens' covariance. The exponential of their entropy
                counts weak directions more: for the films above it is %.1f with random weights and %.1f trained, of
                %d.""", looks.getFirst().spectrum().effectiveRank(), looks.getLast().spectrum().effectiveRank(),
                looks.getLast().spectrum().values().length);
    }

    private String facts(RunHistory log, long steps) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("recipe", config.recipe());
        facts.put("model", config.model().name() + ", views of " + config.grid().viewPixels()
                + " pixels of pictures of " + config.grid().imagePixels());
        facts.put("seed", Long.toString(config.seed()));
        facts.put("data", data);
        facts.put("steps", steps + ", batches of " + config.optimizer().batch() + (config.optimizer().accumulate() == 1
                ? "" : ", " + config.optimizer().accumulate() + " of them a step"));
        return Facts.table(facts, log, RunStart.read(run), RunStart.hash(source));
    }
}
