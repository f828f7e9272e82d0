package dev.panacea.tools.bench;

import dev.panacea.tensor.HostFacts;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code panacea bench}: measures this machine, then kernels and models against it. */
@Command(name = "bench", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "[COMMAND]",
        description = {"Measure kernels and models, beside what this machine can do at best.",
            "Without a command: a short run of all."},
        footer = {"", "The last column is the fraction reached of the bound: of the measured multiply-adds a second or,"
                + " where memory takes longer, of its measured bandwidth, which what fits into a cache may exceed."})
public final class Bench implements Callable<Integer> {
    private static final double SECONDS = 0.25;
    private static final double MODEL_SECONDS = 5;
    private static final double SHORT_SECONDS = 0.05;
    private static final double SHORT_MODEL_SECONDS = 0.5;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", scope = ScopeType.INHERIT,
            description = "Print one JSON object a line on standard output, and all else on standard error.")
    private boolean json;

    @Option(names = "--seconds", scope = ScopeType.INHERIT, paramLabel = "S",
            description = "Seconds of a round; rounds end when they grow no faster (default: 0.25, of models 5).")
    private Double seconds;

    @Option(names = "--repeats", scope = ScopeType.INHERIT, paramLabel = "N",
            description = "Calls of a round, however long they take; the median of the last round counts.")
    private Integer repeats;

    @Option(names = "--threads", scope = ScopeType.INHERIT, paramLabel = "N",
            description = "Threads that share a kernel's rows (default: -Dpanacea.threads, or all processors).")
    private Integer threads;

    /** What picocli fills in. */
    public Bench() {}

    /** A short run of all. */
    @Override
    public Integer call() {
        Effort kernels = effort(SHORT_SECONDS);
        Effort models = effort(SHORT_MODEL_SECONDS);
        return run("", Stream.of(GemmCases.vit(kernels), OpCases.all(kernels), ModelCases.small(models))
                .flatMap(List::stream).toList());
    }

    @Command(name = "gemm", mixinStandardHelpOptions = true,
            description = "The products of every linear layer of Swin-B 448² and ViT-B/32 448², batch 2.")
    int gemm(@Parameters(arity = "0..1", defaultValue = "", paramLabel = "NAME",
            description = "Only rows whose names contain this.") String name) {
        return run(name, GemmCases.all(effort(SECONDS)));
    }

    @Command(name = "ops", mixinStandardHelpOptions = true,
            description = "Ops other than plain products, on activations as large as in training.")
    int ops(@Parameters(arity = "0..1", defaultValue = "", paramLabel = "NAME",
            description = "Only rows whose names contain this.") String name) {
        return run(name, OpCases.all(effort(SECONDS)));
    }

    @Command(name = "model", mixinStandardHelpOptions = true,
            description = "Swin and Vision Transformers, forward, and forward and backward.")
    int model(@Parameters(arity = "0..1", defaultValue = "", paramLabel = "NAME",
            description = "Only rows whose names contain this.") String name) {
        return run(name, ModelCases.models(effort(MODEL_SECONDS)));
    }

    @Command(name = "step", mixinStandardHelpOptions = true,
            description = "Whole training steps: model, gradients, clipping, AdamW, moving average.")
    int step(@Parameters(arity = "0..1", defaultValue = "", paramLabel = "NAME",
            description = "Only rows whose names contain this.") String name) {
        return run(name, ModelCases.steps(effort(MODEL_SECONDS)));
    }

    private Effort effort(double standard) {
        if (seconds != null && !(seconds > 0 && seconds <= 3600)) {
            throw new ParameterException(spec.commandLine(), "--seconds: out of range: " + seconds + " (need 0..3600)");
        }
        if (repeats != null && repeats < 1) {
            throw new ParameterException(spec.commandLine(), "--repeats: out of range: " + repeats
                    + " (need 1 or more)");
        }
        return new Effort(seconds == null ? standard : seconds, repeats == null ? 0 : repeats);
    }

    private int run(String name, List<Case> all) {
        List<Case> wanted = all.stream().filter(one -> one.name().contains(name)).toList();
        if (wanted.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no row's name contains '" + name
                    + "' (without a name all rows run)");
        }
        if (threads != null) {
            if (threads < 1 || threads > 1024) {
                throw new ParameterException(spec.commandLine(), "--threads: out of range: " + threads
                        + " (need 1..1024)");
            }
            HostFacts.useThreads(threads);
        }
        try (Report report = Report.open(spec.commandLine().getOut(), spec.commandLine().getErr(), json,
                wanted.size())) {
            Machine machine = Machine.measure();
            report.machine(machine);
            for (Case one : wanted) {
                report.begin(one);
                report.row(one.measure(machine.speed()));
            }
        }
        return 0;
    }
}
