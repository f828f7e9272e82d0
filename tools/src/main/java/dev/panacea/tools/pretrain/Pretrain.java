package dev.panacea.tools.pretrain;

import dev.panacea.ace.run.BatchLoader;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.run.PretrainRun;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.StepReport;
import dev.panacea.ace.train.TrainingException;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.weight.LoadOptions;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.nn.weight.WeightLoader;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code panacea pretrain}: self-supervised training of a backbone by composition and decomposition. */
@Command(name = "pretrain", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Train a backbone on pictures without labels, by ACE.",
            "Without options: a nano Swin on drawn X-rays, a few minutes on two cores."},
        footer = {"", "Every choice of the method is in run.json of a run, and can be changed by --set.",
            "The bar tells the loss, pictures a second, the share of the time spent waiting for them,",
            "memory, and on wide terminals the parts of the loss: g(lobal), c(omposition), d(ecomposition).", "",
            "Examples:", "  panacea pretrain --data films/ --image 512 --epochs 20",
            "  panacea pretrain --recipe panacea --data films/ --out runs/swin_base",
            "  panacea pretrain --out runs/swin_base --resume"})
public final class Pretrain implements Callable<Integer> {
    private static final int VERIFIED_STEPS = 3;

    /** What follows a collapse. */
    private enum OnCollapse { WARN, STOP }

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "PATH",
            description = "A folder, a list (.txt, .csv) or a file of pictures; may be repeated (default: drawn"
                    + " X-rays).")
    private List<String> data;

    @Option(names = "--column", paramLabel = "NAME",
            description = "The column of a .csv that names the pictures (default: image).")
    private String column;

    @Mixin
    private ChoiceOptions choices;

    @Option(names = "--config", paramLabel = "FILE", description = "Begin from the choices of a JSON file.")
    private Path config;

    @Option(names = "--epochs", paramLabel = "N", description = "Times that each picture is seen.")
    private Double epochs;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of the run, in place of --epochs.")
    private Long steps;

    @Option(names = "--accumulate", paramLabel = "N", description = "Batches in a step.")
    private Integer accumulate;

    @Option(names = "--init", paramLabel = "FILE",
            description = "Begin from the backbone of a .safetensors or .pth file, in place of random weights.")
    private Path init;

    @Option(names = "--out", defaultValue = "runs/pretrain", paramLabel = "DIR",
            description = "The folder of the run (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--resume", description = "Go on with the run in that folder.")
    private boolean resume;

    @Option(names = "--save-every", paramLabel = "STEPS",
            description = "Steps between checkpoints (default: an epoch).")
    private Long saveEvery;

    @Option(names = "--bad", defaultValue = "0.01", paramLabel = "SHARE",
            description = "Share of the pictures that may be unreadable (default: ${DEFAULT-VALUE}).")
    private double bad;

    @Option(names = "--loaders", paramLabel = "N",
            description = "Threads that make views ahead of the steps (default: one a processor).")
    private Integer loaders;

    @Mixin
    private CacheOption cache;

    @Option(names = "--on-collapse", defaultValue = "warn", paramLabel = "WHAT",
            description = "What to do when the networks tell nothing apart any more: warn or stop (default:"
                    + " ${DEFAULT-VALUE}).")
    private OnCollapse onCollapse;

    @Option(names = "--no-report", description = "Leave out the page that a run ends with, report.html.")
    private boolean noReport;

    @Option(names = "--verify-resume",
            description = "Run some steps twice, once through a save and a load, compare all bytes, and end.")
    private boolean verifyResume;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public Pretrain() {}

    @Override
    public Integer call() {
        device.use();
        RunConfig run = changed(begun());
        PictureSource source = source(run);
        long perEpoch = BatchLoader.stepsPerEpoch(source, run.pretrain());
        if (steps != null) {
            run = run.with(Map.of("optimizer.epochs", Double.toString((double) steps / perEpoch)));
        }
        LoadLimits limits = new LoadLimits(loaders == null ? LoadLimits.usual().threads() : loaders, bad);
        if (verifyResume) {
            verify(run.pretrain(), source, limits);
            return 0;
        }
        folder();
        try (StopSignal stop = new StopSignal()) {
            Ended ended = train(run, source, limits, stop);
            if (ended.steps() > 0 && !noReport) {
                Path page = out.resolve(Report.FILE);
                Report.write(out, run, source, page);
                spec.commandLine().getOut().println("report: " + page);
                spec.commandLine().getOut().flush();
            }
            if (ended.collapse() != null) {
                throw new TrainingException(ended.collapse());
            }
            return ended.code();
        }
    }

    private void verify(PretrainConfig config, PictureSource source, LoadLimits limits) {
        new ResumeCheck("pretrain", VERIFIED_STEPS).run((folder, until) -> {
            try (MemoryScope _ = MemoryScope.open("check");
                    PretrainRun run = PretrainRun.open(config, source, folder, limits)) {
                while (run.step() < Math.min(until, run.steps())) {
                    run.next();
                }
                return new ResumeCheck.Reached(run.save(), run.step());
            }
        }, spec.commandLine().getOut());
    }

    /** How the steps of this process ended: their number, what collapsed if that stopped them, the exit code. */
    private record Ended(long steps, String collapse, int code) {}

    /** Student and teacher, both from the same weights. */
    private PretrainStep networks(RunConfig run, long perEpoch) {
        PretrainStep networks = new PretrainStep(run.pretrain(), perEpoch);
        if (init != null) {
            try (WeightFile file = WeightFile.open(init)) {
                spec.commandLine().getErr().print(WeightLoader.load(file, networks.student().parameters(),
                        LoadOptions.DEFAULT.withInto("backbone.")).text());
                spec.commandLine().getErr().flush();
            }
            networks.teacher().follow(0);
        }
        return networks;
    }

    private Ended train(RunConfig config, PictureSource source, LoadLimits limits, StopSignal stop) {
        long perEpoch = BatchLoader.stepsPerEpoch(source, config.pretrain());
        try (MemoryScope _ = MemoryScope.open("run");
                PretrainRun run = PretrainRun.open(networks(config, perEpoch), source, out, limits)) {
            config.write(out.resolve("run.json")); // not before: what was refused leaves no run
            PrintWriter printer = spec.commandLine().getOut();
            Summary summary = new Summary(run);
            printer.println(summary.begin(out));
            cache.begin().ifPresent(printer::println);
            printer.flush();
            if (run.step() >= run.steps()) {
                printer.println("nothing is left to do (more --epochs or --steps go on from here)");
                printer.flush();
                return new Ended(0, null, 0);
            }
            RunStart start = RunStart.now(spec.root().version()[0], run.step(), source);
            (init == null ? start : start.with("begun from", init.toString())).write(out);
            String collapse = steps(run, summary, saveEvery == null ? perEpoch : saveEvery, stop);
            boolean whole = run.step() == run.steps();
            printer.println(whole ? summary.end(out) : "stopped after step " + run.step() + " of " + run.steps()
                    + ", and saved; go on with: panacea pretrain --out " + out + " --resume");
            cache.use().ifPresent(printer::println);
            printer.flush();
            return new Ended(summary.steps(), collapse, whole ? 0 : StopSignal.EXIT_CODE);
        }
    }

    /** Does all steps, or those until it is stopped, and saves; what has collapsed if that is why. */
    private String steps(PretrainRun run, Summary summary, long every, StopSignal stop) {
        String collapse = null;
        long saved = run.step();
        int named = 0;
        int told = 0;
        try (Progress progress = Progress.withoutSpeed("pretrain", run.steps() - run.step(),
                spec.commandLine().getErr())) {
            while (run.step() < run.steps() && !stop.asked() && collapse == null) {
                StepReport report = run.next();
                summary.add(report);
                progress.step();
                progress.note(summary.now(report));
                for (; named < run.bad().size(); named++) {
                    progress.say("left out: " + run.bad().get(named));
                }
                cache.trouble().ifPresent(progress::say);
                for (; told < run.collapses().size() && collapse == null; told++) {
                    if (onCollapse == OnCollapse.STOP) {
                        collapse = run.collapses().get(told);
                    } else {
                        progress.say("pretrain: " + run.collapses().get(told));
                    }
                }
                if (run.step() % every == 0 || run.step() == run.steps()) {
                    run.save();
                    saved = run.step();
                }
            }
        }
        if (saved < run.step()) {
            run.save();
        }
        return collapse;
    }

    private RunConfig begun() {
        if ((config != null ? 1 : 0) + (choices.recipe().isPresent() ? 1 : 0) + (resume ? 1 : 0) > 1) {
            throw new ParameterException(spec.commandLine(), "--config, --recipe, --resume: more than one place to"
                    + " begin from (name one)");
        }
        if (resume && init != null) {
            throw new ParameterException(spec.commandLine(), "--init, --resume: a run that goes on has its weights"
                    + " (leave one out)");
        }
        if (resume) {
            return RunConfig.read(out.resolve("run.json"));
        }
        return config != null ? RunConfig.read(config) : choices.begun();
    }

    private RunConfig changed(RunConfig begun) {
        Map<String, Object> more = new HashMap<>();
        more.put("optimizer.epochs", epochs);
        more.put("optimizer.accumulate", accumulate);
        RunConfig run = choices.changed(begun, more);
        run = data == null ? run : run.withData(data);
        return column == null ? run : run.withColumn(column);
    }

    private PictureSource source(RunConfig run) {
        PrintWriter err = spec.commandLine().getErr();
        return run.data().isEmpty() ? run.source(err)
                : cache.source(run.files(err), run.data(), BatchLoader.reduction(run.pretrain()), line -> {
                    err.println(line);
                    err.flush();
                });
    }

    /** Makes the folder of a new run; another run's is left alone. */
    private void folder() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new DataException("pretrain: folder " + out + " cannot be made: " + e.getClass().getSimpleName()
                    + " (check the path and its permissions)", e);
        }
        if (!resume && Files.exists(out.resolve("run.json"))) {
            throw new ConfigException("pretrain: " + out + " holds a run already (go on with --resume, or name another"
                    + " --out)");
        }
    }
}
