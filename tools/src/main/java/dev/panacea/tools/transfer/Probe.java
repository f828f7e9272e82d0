package dev.panacea.tools.transfer;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.label.Split;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.study.NearestProbe;
import dev.panacea.ace.transfer.ClassPredictions;
import dev.panacea.ace.transfer.TaskFacts;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tools.CacheOption;
import dev.panacea.tools.DeviceOptions;
import dev.panacea.tools.Progress;
import dev.panacea.tools.study.Subject;
import dev.panacea.tools.study.SubjectOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code panacea probe}: what labels the nearest training pictures have, as backbones see them. */
@Command(name = "probe", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Predict labels by the nearest training pictures, without training anything.",
            "The linear probe is: finetune classify --probe linear.",
            "Prints all numbers with 95 %% intervals; with --out writes result.json and predictions.csv too, of several"
                + " networks in folders of their own."},
        footer = {"", "Example:",
            "  panacea probe --init runs/pretrain --init random --data nih/ --task chestxray14"})
public final class Probe implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SubjectOptions subjects;

    @Mixin
    private ExampleOptions examples;

    @Option(names = "--split", defaultValue = "test", paramLabel = "PART",
            description = "Which pictures are asked about: validation or test (default: ${DEFAULT-VALUE}).")
    private Split split;

    @Option(names = "--k", defaultValue = "20", paramLabel = "N",
            description = "How many of the nearest training pictures tell (default: ${DEFAULT-VALUE}).")
    private int neighbours;

    @Option(names = "--temperature", defaultValue = "0.07", paramLabel = "T",
            description = "How much less the more distant of them count (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Mixin
    private OutFolder folder;

    @Mixin
    private CacheOption cache;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public Probe() {}

    @Override
    public Integer call() {
        NearestProbe probe = new NearestProbe(neighbours, temperature);
        if (split == Split.TRAIN) {
            throw new ConfigException("--split train: each picture would be the nearest to itself (need validation or"
                    + " test)");
        }
        Optional<Path> out = folder.path();
        ExampleChoice choice = examples.changed(ExampleChoice.drawn());
        device.use();
        try (MemoryScope _ = MemoryScope.open("probe")) {
            List<Subject> networks = subjects.subjects(spec.commandLine().getErr());
            List<String> names = AnswerNames.ofLabels(networks.stream().map(Subject::label).toList());
            for (int i = 0; i < networks.size(); i++) {
                String own = networks.size() == 1 ? "" : names.get(i);
                probe(probe, networks.get(i), choice, out.map(place -> place.resolve(own)));
            }
        }
        return 0;
    }

    private void probe(NearestProbe probe, Subject network, ExampleChoice choice, Optional<Path> out) {
        ExampleSet set = choice.read(TransferKind.CLASSIFY, cache, NearestProbe.reduction(network.features()),
                spec.commandLine().getErr());
        if (set.of(split).size() == 0) {
            throw new DataException("probe: " + choice.text() + ": no pictures in the " + part() + " part (name another"
                    + " --split)");
        }
        ClassPredictions predictions = probe.predictions(seen(network, set.train(), "training part"),
                seen(network, set.of(split), part() + " part"), TaskFacts.of(set));
        SequencedMap<String, Interval> numbers = Measured.numbers(predictions);
        PrintWriter printer = spec.commandLine().getOut();
        printer.printf("%s, %d nearest of %d: %d pictures of the %s part of %s, with 95 %% intervals:%n",
                network.label(), Math.min(neighbours, set.train().size()), set.train().size(),
                predictions.names().size(), part(), choice.text());
        Measured.print(numbers, printer);
        out.ifPresent(place -> {
            OutFolder.made(place);
            predictions.write(place.resolve(TestPart.PREDICTIONS));
            new TransferResult(TransferKind.CLASSIFY.label(), set.name(), network.label() + ", " + neighbours
                    + " nearest", network.features().spec().name(), network.origin(), 0, set.train().size(), part(),
                    predictions.names().size(), predictions.primary(), predictions.lowerIsBetter(), numbers)
                    .write(place.resolve(TransferResult.FILE));
            printer.println(TransferResult.FILE + " and predictions.csv are in " + place);
            printer.flush();
        });
    }

    private NearestProbe.Seen seen(Subject network, Examples some, String task) {
        try (Progress progress = Progress.open(task, some.size(), spec.commandLine().getErr())) {
            return NearestProbe.Seen.of(network.features(), some, LoadLimits.usual(), Measured.steps(progress));
        }
    }

    private String part() {
        return split.name().toLowerCase(Locale.ROOT);
    }
}
