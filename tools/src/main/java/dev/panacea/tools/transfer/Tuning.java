package dev.panacea.tools.transfer;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.metric.Runs;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tools.CacheOption;
import dev.panacea.tools.DeviceOptions;
import dev.panacea.tools.Progress;
import dev.panacea.tools.ResumeCheck;
import dev.panacea.tools.StopSignal;
import dev.panacea.tools.report.RunStart;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the three kinds of fine-tuning have in common: all but the kind. */
public final class Tuning {
    private static final int VERIFIED_STEPS = 3;

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

    @Option(names = "--verify-resume",
            description = "Run some steps twice, once through a save and a load, compare all bytes, and end.")
    private boolean verifyResume;

    @Mixin
    private CacheOption cache;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public Tuning() {}

    /** Runs all seeds; the exit code. */
    int run(TransferKind kind) {
        device.use();
        refuse(kind);
        if (verifyResume) {
            verify(options.changed(options.begun(kind)));
            return 0;
        }
        List<PlannedRun> runs = resume ? PlannedRun.begun(kind, folder(kind), options)
                : PlannedRun.fresh(kind, folder(kind), options);
        List<TransferResult> results = new ArrayList<>();
        try (StopSignal stop = new StopSignal()) {
            for (PlannedRun run : runs) {
                Ended ended = stop.asked() ? stopped(kind, "stopped before " + run.folder()) : run(run, stop);
                if (ended.code != 0) {
                    return ended.code;
                }
                ended.result.ifPresent(results::add);
            }
        }
        if (results.size() > 1) {
            means(results);
        }
        return 0;
    }

    private void refuse(TransferKind kind) {
        if (resume && verifyResume) {
            throw new ParameterException(spec.commandLine(), "--resume, --verify-resume: the one goes on with a run,"
                    + " the other makes runs of its own (leave one out)");
        }
        if (resume && options.hasInit()) {
            throw new ParameterException(spec.commandLine(), "--init, --resume: a run that goes on has its weights"
                    + " (leave one out)");
        }
        if (tenCrop && kind != TransferKind.CLASSIFY) {
            throw new ParameterException(spec.commandLine(), "--ten-crop: the task is to " + kind.label()
                    + " (ten crops are for classify: leave it out)");
        }
    }

    private void means(List<TransferResult> results) {
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(results.size() + " seeds, mean ± standard deviation:");
        results.getFirst().numbers().keySet().forEach(name -> printer.printf("  %-32s %s%n", name, new Runs(
                results.stream().mapToDouble(result -> result.numbers().get(name).value()).toArray())));
        printer.flush();
    }

    private Path folder(TransferKind kind) {
        return out == null ? Path.of("runs", kind.label()) : out;
    }

    /** How one run ended: what came of it, if it is done and there was something to measure, and the exit code. */
    private record Ended(Optional<TransferResult> result, int code) {}

    private Ended run(PlannedRun planned, StopSignal stop) {
        TransferPlan plan = planned.plan();
        Path folder = planned.folder();
        LoadLimits limits = limits();
        ExampleSet set = examples(plan);
        try (MemoryScope _ = MemoryScope.open("run")) {
            boolean goesOn = resume && !TransferRun.folder(folder, plan.transfer().kind()).files().isEmpty();
            TransferRun.Start start = start(plan, set, !goesOn);
            make(folder);
            try (TransferRun run = TransferRun.open(start, folder, limits)) {
                plan.write(folder); // not before: what was refused leaves no run
                RunStart.now(spec.root().version()[0], run.step(), set.train()).with("begun from", plan.init())
                        .write(folder);
                return train(new Trained(plan, folder, start, run), stop);
            }
        }
    }

    private ExampleSet examples(TransferPlan plan) {
        return plan.used(plan.examples().read(plan.transfer().kind(), cache, plan.transfer().reduction(),
                spec.commandLine().getErr()));
    }

    /** The networks, with the weights that the plan names if they are wanted: those of a checkpoint come later. */
    private TransferRun.Start start(TransferPlan plan, ExampleSet set, boolean weights) {
        TransferRun.Start start = TransferRun.Start.random(plan.transfer(), set);
        if (weights && !plan.init().equals(TransferPlan.RANDOM)) {
            spec.commandLine().getErr().print(new Origin(plan.init()).load(start.network().parameters(), plan.part())
                    .text());
            spec.commandLine().getErr().flush();
        }
        return start;
    }

    private LoadLimits limits() {
        return new LoadLimits(loaders == null ? LoadLimits.usual().threads() : loaders, bad);
    }

    private void verify(TransferPlan plan) {
        LoadLimits limits = limits();
        ExampleSet set = examples(plan);
        new ResumeCheck("finetune", VERIFIED_STEPS).run((folder, until) -> {
            try (MemoryScope _ = MemoryScope.open("check");
                    TransferRun run = TransferRun.open(start(plan, set, true), folder, limits)) {
                while (run.step() < until && !run.isDone()) {
                    run.next();
                }
                return new ResumeCheck.Reached(run.save(), run.step());
            }
        }, spec.commandLine().getOut());
    }

    /** A run with what it follows from. */
    private record Trained(TransferPlan plan, Path folder, TransferRun.Start start, TransferRun run) {
        ExampleSet set() {
            return start.set();
        }
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
            return stopped(trained.plan.transfer().kind(), "stopped after step " + run.step() + " of " + run.steps()
                    + ", and saved");
        }
        printer.printf(Locale.ROOT, "%d of %d steps, %.1f pictures/s, %.0f %% of the time waiting for pictures%s%n",
                run.step(), run.steps(), run.picturesPerSecond(), 100 * run.waiting(),
                run.endsEarly() ? "; ended early, as the validation part was not answered better" : "");
        printer.flush();
        Optional<TransferResult> result = new TestPart(trained.plan, trained.folder, trained.set(), run)
                .result(tenCrop, !noReport, spec.commandLine());
        cache.use().ifPresent(printer::println);
        printer.println((result.isEmpty() ? "" : TransferResult.FILE + ", " + TestPart.PREDICTIONS + ", "
                + (noReport ? "" : TestPart.REPORT + ", ")) + "checkpoints, log.jsonl and TensorBoard events are in "
                + trained.folder);
        printer.flush();
        return new Ended(result, 0);
    }

    private Ended stopped(TransferKind kind, String how) {
        String seeds = options.seeds().size() < 2 ? "" : " --seeds " + options.seeds().stream().map(String::valueOf)
                .collect(Collectors.joining(","));
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(how + "; go on with: panacea finetune " + kind.label() + " --out " + folder(kind) + seeds
                + " --resume");
        printer.flush();
        return new Ended(Optional.empty(), StopSignal.EXIT_CODE);
    }

    private static String begin(Trained trained) {
        TransferPlan plan = trained.plan;
        ExampleSet set = trained.set();
        return ("%s of %s from %s, views of %d pixels: %s: %d to train on, %d for validation, %d to test; %s %d of %d,"
                + " in %s").formatted(plan.transfer().kind().label(), plan.transfer().model().name(), plan.init(),
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

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new DataException("finetune: folder " + folder + " cannot be made: " + e.getClass().getSimpleName()
                    + " (check the path and its permissions)", e);
        }
    }
}
