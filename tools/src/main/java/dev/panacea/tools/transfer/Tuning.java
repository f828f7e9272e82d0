package dev.panacea.tools.transfer;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.metric.Runs;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.transfer.Predictions;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tools.CacheOption;
import dev.panacea.tools.DeviceOptions;
import dev.panacea.tools.Progress;
import dev.panacea.tools.StopSignal;
import dev.panacea.tools.report.RunStart;
import dev.panacea.tools.report.TransferReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the three kinds of fine-tuning have in common: all but the kind. */
public final class Tuning {
    private static final int SAMPLES = 1000; // of the bootstrap
    private static final String TEN_CROP = "ten-crop ";
    private static final String REPORT = "report.html";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin
    private TuneOptions options;

    @Option(names = "--out", paramLabel = "DIR",
            description = "The folder of the run (default: runs/KIND); with several seeds of their runs, seed-N.")
    private Path out;

    @Option(names = "--resume", description = "Go on with the run in that folder.")
    private boolean resume;

    @Option(names = "--ten-crop", description = "Answer the test part by ten crops too.")
    private boolean tenCrop;

    @Option(names = "--bad", defaultValue = "0.01", paramLabel = "SHARE",
            description = "Share of the training pictures that may be unreadable (default: ${DEFAULT-VALUE}).")
    private double bad;

    @Option(names = "--loaders", paramLabel = "N",
            description = "Threads that make views ahead of the steps (default: one a processor).")
    private Integer loaders;

    @Option(names = "--no-report", description = "Leave out the page that a run ends with, report.html.")
    private boolean noReport;

    @Mixin
    private CacheOption cache;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public Tuning() {}

    /** Runs all seeds; the exit code. */
    int run(TransferKind kind) {
        device.use();
        if (resume && options.hasInit()) {
            throw new ParameterException(spec.commandLine(), "--init, --resume: a run that goes on has its weights"
                    + " (leave one out)");
        }
        Path folder = out == null ? Path.of("runs", kind.label()) : out;
        List<Long> seeds = options.seeds();
        if (seeds.size() < 2) {
            TransferPlan plan = plan(kind, folder);
            return seed(seeds.isEmpty() ? plan : plan.withSeed(seeds.getFirst()), folder).code();
        }
        List<TransferResult> results = new ArrayList<>();
        for (long seed : seeds) {
            Path own = folder.resolve("seed-" + seed);
            Ended ended = seed(plan(kind, own).withSeed(seed), own);
            if (ended.result() == null) {
                return ended.code();
            }
            results.add(ended.result());
        }
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(seeds.size() + " seeds, mean ± standard deviation:");
        results.getFirst().numbers().keySet().forEach(name -> printer.printf("  %-32s %s%n", name, new Runs(
                results.stream().mapToDouble(result -> result.numbers().get(name).value()).toArray())));
        printer.flush();
        return 0;
    }

    private TransferPlan plan(TransferKind kind, Path folder) {
        if (!resume) {
            return options.changed(options.begun(kind));
        }
        TransferPlan begun = TransferPlan.read(folder);
        if (begun.transfer().kind() != kind) {
            throw new ConfigException("finetune: " + folder + " holds a run to " + begun.transfer().kind().label()
                    + " (go on with: panacea finetune " + begun.transfer().kind().label() + ")");
        }
        return options.changed(begun);
    }

    /** How one run ended: what came of it, null where it was stopped, and the exit code. */
    private record Ended(TransferResult result, int code) {}

    private Ended seed(TransferPlan plan, Path folder) {
        PrintWriter err = spec.commandLine().getErr();
        ExampleSet all = plan.examples().read(plan.transfer().kind(), files -> pictures(plan, files), line -> {
            err.println(line);
            err.flush();
        });
        ExampleSet set = plan.used(all);
        LoadLimits limits = new LoadLimits(loaders == null ? LoadLimits.usual().threads() : loaders, bad);
        folder(plan, folder);
        try (StopSignal stop = new StopSignal(); MemoryScope _ = MemoryScope.open("run")) {
            TransferRun.Start start = TransferRun.Start.random(plan.transfer(), set);
            if (!plan.init().equals(TransferPlan.RANDOM)) {
                err.print(new Origin(plan.init()).load(start.network().parameters(), plan.part()).text());
                err.flush();
            }
            try (TransferRun run = TransferRun.open(start, folder, limits)) {
                RunStart.now(spec.root().version()[0], run.step(), set.train()).with("begun from", plan.init())
                        .write(folder);
                return train(new Trained(plan, folder, start, run), stop);
            }
        }
    }

    /** A run with what it follows from. */
    private record Trained(TransferPlan plan, Path folder, TransferRun.Start start, TransferRun run) {
        ExampleSet set() {
            return start.set();
        }
    }

    private PictureSource pictures(TransferPlan plan, List<Path> files) {
        return cache.source(files, List.of(plan.examples().data()), plan.transfer().reduction(), line -> {
            spec.commandLine().getErr().println(line);
            spec.commandLine().getErr().flush();
        });
    }

    private Ended train(Trained trained, StopSignal stop) {
        TransferRun run = trained.run;
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(begin(trained));
        cache.begin().ifPresent(printer::println);
        printer.flush();
        steps(run, stop);
        if (!run.isDone()) {
            run.save();
            printer.println("stopped after step " + run.step() + " of " + run.steps() + ", and saved; go on with:"
                    + " panacea finetune " + trained.plan.transfer().kind().label() + " --out " + trained.folder
                    + " --resume");
            printer.flush();
            return new Ended(null, StopSignal.EXIT_CODE);
        }
        printer.printf(Locale.ROOT, "%d of %d steps, %.1f pictures/s, %.0f %% of the time waiting for pictures%s%n",
                run.step(), run.steps(), run.picturesPerSecond(), 100 * run.waiting(),
                run.endsEarly() ? "; ended early, as the validation part was not answered better" : "");
        printer.flush();
        TransferResult result = result(trained);
        cache.use().ifPresent(printer::println);
        printer.println("checkpoints, " + TransferResult.FILE + ", predictions.csv, " + (noReport ? "" : REPORT + ", ")
                + "log.jsonl and TensorBoard events are in " + trained.folder);
        printer.flush();
        return new Ended(result, 0);
    }

    private static String begin(Trained trained) {
        TransferPlan plan = trained.plan;
        ExampleSet set = trained.set();
        return "%s of %s from %s, views of %d pixels: %s: %d to train on, %d for validation, %d to test; %s %d of %d, in %s"
                .formatted(plan.transfer().kind().label(), plan.transfer().model().name(), plan.init(),
                        plan.transfer().view().pixels(), plan.examples().text(), set.train().size(),
                        set.validation().size(), set.test().size(), trained.run.step() == 0 ? "from step"
                                : "goes on at step", trained.run.step(), trained.run.steps(), trained.folder);
    }

    private void steps(TransferRun run, StopSignal stop) {
        int named = 0;
        double validation = Double.NaN;
        try (Progress progress = Progress.withoutSpeed("finetune", run.steps() - run.step(),
                spec.commandLine().getErr())) {
            while (!run.isDone() && !stop.asked()) {
                TransferRun.Done done = run.next();
                progress.step();
                validation = Double.isNaN(done.validation()) ? validation : done.validation();
                progress.note(List.of("loss %.3f".formatted(done.loss()), "valid. %.3f".formatted(validation),
                        "%.1f/s".formatted(run.picturesPerSecond()), "wait %.0f%%".formatted(100 * run.waiting())));
                for (; named < run.bad().size(); named++) {
                    progress.say("left out: " + run.bad().get(named));
                }
                cache.trouble().ifPresent(progress::say);
            }
        }
    }

    /** Answers the test part with the best network, and writes what that says. */
    private TransferResult result(Trained trained) {
        TransferPlan plan = trained.plan;
        Predictions predictions = predictions(trained, false);
        SequencedMap<String, Interval> numbers = new LinkedHashMap<>(numbers(predictions));
        if (tenCrop) {
            numbers(predictions(trained, true)).forEach((name, number) -> numbers.put(TEN_CROP + name, number));
        }
        TransferResult result = new TransferResult(plan.transfer().kind().label(), trained.set().name(), plan.method(),
                plan.transfer().model().name(), plan.init(), plan.transfer().seed(), trained.set().train().size(), "test",
                predictions.names().size(), predictions.primary(), predictions.lowerIsBetter(), numbers);
        predictions.write(trained.folder.resolve("predictions.csv"));
        result.write(trained.folder.resolve(TransferResult.FILE));
        if (!noReport) {
            new TransferReport(trained.folder, plan.examples().text(), trained.run.best(), trained.set(),
                    predictions, result).write(trained.folder.resolve(REPORT));
        }
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(result.cases() + " pictures of the test part, with 95 % intervals:");
        numbers.forEach((name, number) -> printer.printf("  %-32s %s%n", name, Double.isNaN(number.value())
                ? "cannot be measured" : number));
        return result;
    }

    private Predictions predictions(Trained trained, boolean ten) {
        try (Progress progress = Progress.open("test", trained.set().test().size(), spec.commandLine().getErr())) {
            int[] told = {0};
            return trained.run.best(ten).predictions(trained.set().test(), done -> {
                for (; told[0] < done; told[0]++) {
                    progress.step();
                }
            });
        }
    }

    private static SequencedMap<String, Interval> numbers(Predictions predictions) {
        return predictions.numbers(SAMPLES, RandomSource.of(0));
    }

    /** Makes the folder of a new run; another run's is left alone. */
    private void folder(TransferPlan plan, Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new DataException("finetune: folder " + folder + " cannot be made: " + e.getClass().getSimpleName()
                    + " (check the path and its permissions)", e);
        }
        if (!resume && Files.exists(folder.resolve(TransferPlan.FILE))) {
            throw new ConfigException("finetune: " + folder + " holds a run already (go on with --resume, or name"
                    + " another --out)");
        }
        plan.write(folder);
    }
}
