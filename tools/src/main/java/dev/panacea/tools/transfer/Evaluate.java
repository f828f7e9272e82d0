package dev.panacea.tools.transfer;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.Predictions;
import dev.panacea.ace.transfer.TaskFacts;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tools.CacheOption;
import dev.panacea.tools.DeviceOptions;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code panacea evaluate}: what a fine-tuned network is worth on pictures with labels. */
@Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Measure a fine-tuned network on pictures with labels, its own or others.",
            "Prints all numbers with 95 %% intervals; with --out writes result.json and predictions.csv too.",
            "Without --data: on the pictures of its run. A data set must have the labels of the network; others that it"
                + " has are left out."},
        footer = {"", "Examples:", "  panacea evaluate runs/classify --ten-crop",
            "  panacea evaluate runs/classify --data hospital/ --task csv --split all --out external"})
public final class Evaluate implements Callable<Integer> {
    /** Which pictures of a set are looked at. */
    enum Part { TRAIN, VALIDATION, TEST, ALL }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN",
            description = "The folder of a run of finetune, of which the best checkpoint is taken, or a checkpoint.")
    private Path run;

    @Mixin
    private ExampleOptions examples;

    @Option(names = "--split", defaultValue = "test", paramLabel = "PART",
            description = "Which pictures: train, validation, test or all (default: ${DEFAULT-VALUE}).")
    private Part part;

    @Option(names = "--ten-crop", description = "Classifiers: answer by the mean over ten crops too.")
    private boolean tenCrop;

    @Option(names = "--boxes",
            description = "Classifiers: measure whether they look where boxes of the data set are; with"
                    + " --out the first 16 maps are drawn, boxes/LABEL/NAME.png.")
    private boolean boxes;

    @Mixin
    private OutFolder folder;

    @Mixin
    private CacheOption cache;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public Evaluate() {}

    @Override
    public Integer call() {
        Optional<Path> out = folder.path();
        device.use();
        try (MemoryScope _ = MemoryScope.open("evaluate")) {
            FineTuned tuned = FineTuned.load(run);
            refuse(tenCrop, "--ten-crop", tuned);
            refuse(boxes, "--boxes", tuned);
            Optional<Home> home = Home.of(tuned);
            ExampleChoice choice = choice(home);
            ExampleSet set = set(tuned, home, choice);
            Examples asked = part(set);
            PrintWriter err = spec.commandLine().getErr();
            PrintWriter printer = spec.commandLine().getOut();
            Predictions plain = Measured.predictions(tuned.inference(false, LoadLimits.usual()), asked, "evaluate",
                    err);
            SequencedMap<String, Interval> numbers = new LinkedHashMap<>(!tenCrop ? Measured.numbers(plain)
                    : Measured.numbers(plain, Measured.predictions(tuned.inference(true, LoadLimits.usual()), asked,
                            "ten crops", err)));
            if (boxes) {
                numbers.putAll(new BoxCheck(tuned, out.orElse(null)).run(asked, err).numbers(Measured.SAMPLES,
                        RandomSource.of(0)));
            }
            printer.println(asked.size() + " pictures of " + partName() + " of " + choice.text()
                    + ", with 95 % intervals:");
            Measured.print(numbers, printer);
            out.ifPresent(place -> {
                OutFolder.made(place);
                plain.write(place.resolve(TestPart.PREDICTIONS));
                result(tuned, home, set, plain, numbers).write(place.resolve(TransferResult.FILE));
                printer.println(TransferResult.FILE + " and predictions.csv are in " + place);
                printer.flush();
            });
        }
        return 0;
    }

    /**
     * Where a run keeps what a checkpoint does not say.
     *
     * @param folder of the run
     * @param plan what the run followed from
     */
    private record Home(Path folder, TransferPlan plan) {
        static Optional<Home> of(FineTuned tuned) {
            return Optional.ofNullable(tuned.file().toAbsolutePath().getParent().getParent())
                    .filter(folder -> Files.isRegularFile(folder.resolve(TransferPlan.FILE)))
                    .map(folder -> new Home(folder, TransferPlan.read(folder)));
        }

        /** How many pictures the network was trained on; 0 where the run has not come to its end. */
        int trainExamples() {
            Path result = folder.resolve(TransferResult.FILE);
            return Files.isRegularFile(result) ? TransferResult.read(result).trainExamples() : 0;
        }
    }

    private void refuse(boolean wanted, String option, FineTuned tuned) {
        if (wanted && tuned.config().kind() != TransferKind.CLASSIFY) {
            throw new ConfigException(option + ": " + run + " was trained to " + tuned.config().kind().label()
                    + " (it is for classify: leave it out)");
        }
    }

    private ExampleChoice choice(Optional<Home> home) {
        if (home.isEmpty() && !examples.isGiven()) {
            throw new ConfigException("evaluate: " + run + " lies in no folder of a run, which would say on what"
                    + " pictures (name others: --data DIR --task NAME)");
        }
        return examples.changed(home.map(known -> known.plan.examples()).orElse(ExampleChoice.drawn()));
    }

    /** The data set; of that of the run, the examples that it used. */
    private ExampleSet set(FineTuned tuned, Optional<Home> home, ExampleChoice choice) {
        ExampleSet all = choice.read(tuned.config().kind(), cache, tuned.config().reduction(),
                spec.commandLine().getErr());
        ExampleSet fitting = fitting(all, tuned.facts(), choice);
        return home.filter(known -> known.plan.examples().equals(choice)).map(known -> known.plan.used(fitting))
                .orElse(fitting);
    }

    private static ExampleSet fitting(ExampleSet set, TaskFacts facts, ExampleChoice choice) {
        boolean one = facts.kind() == LabelSet.Kind.ONE;
        String where = "evaluate: " + choice.text() + ": ";
        if (one != (set.kind() == LabelSet.Kind.ONE)) {
            throw new DataException(where + (one ? "any of the labels may be true of a picture, and the network tells"
                    + " one of " : "one of the labels is true of each picture, and the network tells any of ")
                    + facts.labels() + " (need labels of one kind)");
        }
        for (String label : facts.labels()) {
            if (!set.labels().contains(label)) {
                throw new DataException(where + "no label " + DataException.shown(label) + ", which the network tells"
                        + " (there are: " + String.join(", ", set.labels()) + ")");
            }
        }
        if (one && !set.labels().equals(facts.labels())) {
            throw new DataException(where + "labels " + set.labels() + ", the network's are " + facts.labels()
                    + " (need the same in the same order)");
        }
        return set.labels().equals(facts.labels()) ? set : set.withLabels(facts.labels());
    }

    private Examples part(ExampleSet set) {
        Examples some = switch (part) {
            case TRAIN -> set.train();
            case VALIDATION -> set.validation();
            case TEST -> set.test();
            case ALL -> set.all();
        };
        if (some.size() == 0) {
            throw new DataException("evaluate: " + set.name() + ": no pictures in " + partName() + " (name another"
                    + " --split, such as all)");
        }
        return some;
    }

    private String partName() {
        return part == Part.ALL ? "all parts" : "the " + part.name().toLowerCase(Locale.ROOT) + " part";
    }

    private TransferResult result(FineTuned tuned, Optional<Home> home, ExampleSet set, Predictions predictions,
            SequencedMap<String, Interval> numbers) {
        String method = home.map(known -> known.plan.method()).orElse(tuned.file().getFileName().toString());
        String init = home.map(known -> known.plan.init()).orElse(tuned.file().toString());
        return new TransferResult(tuned.config().kind().label(), set.name(), method, tuned.config().model().name(),
                init, tuned.config().seed(), home.map(Home::trainExamples).orElse(0),
                part.name().toLowerCase(Locale.ROOT), predictions.names().size(), predictions.primary(),
                predictions.lowerIsBetter(), numbers);
    }
}
