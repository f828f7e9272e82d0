package dev.panacea.tools;

import dev.panacea.tools.bench.Bench;
import dev.panacea.tools.data.Data;
import dev.panacea.tools.drawn.Draw;
import dev.panacea.tools.embed.Embed;
import dev.panacea.tools.export.Export;
import dev.panacea.tools.gpu.GpuCheck;
import dev.panacea.tools.inspect.Inspect;
import dev.panacea.tools.lesson.Crops;
import dev.panacea.tools.lesson.Graph;
import dev.panacea.tools.lesson.Target;
import dev.panacea.tools.lesson.Trace;
import dev.panacea.tools.pretrain.Pretrain;
import dev.panacea.tools.pretrain.Report;
import dev.panacea.tools.study.StudyCommand;
import dev.panacea.tools.transfer.Evaluate;
import dev.panacea.tools.transfer.FineTune;
import dev.panacea.tools.transfer.Predict;
import dev.panacea.tools.transfer.Probe;
import dev.panacea.tools.transfer.Table;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code panacea} command: where every subcommand hangs, and where an error becomes one line.
 *
 * <p>Exit codes: 0 done, 1 failed, 2 called wrongly.
 */
@Command(name = "panacea", version = "panacea 0.1.0", mixinStandardHelpOptions = true,
        description = "A deep-learning stack in pure Java 25.", subcommands = {Doctor.class, Explain.class,
            Bench.class, Data.class, Draw.class, Weights.class, Embed.class,
            Pretrain.class, FineTune.class, Evaluate.class, Predict.class, Probe.class, Report.class, Table.class,
            StudyCommand.class, Inspect.class, Export.class, GpuCheck.class, Crops.class, Target.class, Trace.class,
            Graph.class},
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "And, run by the launcher itself:",
            "  test [CLASS...]   Run every test, or the classes named.",
            "  jmh [PATTERN]     Run the JMH benchmarks of kernels, or those whose names match.", "",
            "'panacea COMMAND --help' tells more about one of them."})
public final class Main implements Runnable {
    private static final int FAILED = 1;
    private static final int CALLED_WRONGLY = 2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of an error.")
    private boolean debug;

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs one command and returns its exit code. */
    public static int execute(String... args) {
        CommandLine line = new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(Main::run)
                .setExecutionExceptionHandler(Main::failed)
                .setParameterExceptionHandler(Main::calledWrongly);
        return line.execute(args);
    }

    /** Called without a command: says what there is. */
    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    /** Runs the command named last. An error below a command becomes an exception, so that it too is one line. */
    private static int run(ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (ExceptionInInitializerError | OutOfMemoryError error) {
            Throwable cause = error.getCause() == null ? error : error.getCause();
            throw new CommandLine.ExecutionException(parsed.commandSpec().commandLine(), cause.getMessage(), cause);
        }
    }

    private static int failed(Exception thrown, CommandLine at, ParseResult parsed) {
        if (parsed.hasMatchedOption("--debug") || parsed.expandedArgs().contains("--debug")) {
            thrown.printStackTrace(at.getErr());
        } else {
            at.getErr().println(at.getCommandSpec().qualifiedName() + ": " + line(thrown));
        }
        return FAILED;
    }

    /** Our own errors are one line with a cure already; of any other the type says more than its message. */
    private static String line(Exception thrown) {
        String message = thrown.getMessage();
        boolean ours = thrown.getClass().getName().startsWith("dev.panacea.");
        if (message != null && (ours || message.matches("[^:]+: .+\\(.+\\)"))) {
            return message;
        }
        return "internal error: " + thrown.getClass().getSimpleName()
                + (message == null ? "" : ": " + message.replaceAll("\\s*\\R\\s*", " "))
                + " (--debug prints the stack trace)";
    }

    private static int calledWrongly(ParameterException thrown, String[] args) {
        CommandLine at = thrown.getCommandLine();
        String message = thrown.getMessage().replaceAll("\\s*\\R\\s*", " ");
        if (!message.endsWith(")")) {
            List<String> near = thrown instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions()
                    : List.of();
            message += near.isEmpty() ? " (see '" + at.getCommandSpec().qualifiedName() + " --help')"
                    : " (did you mean " + String.join(", ", near) + "?)";
        }
        at.getErr().println(at.getCommandSpec().qualifiedName() + ": " + message);
        return CALLED_WRONGLY;
    }
}
