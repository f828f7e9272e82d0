package dev.panacea.tools.data;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code panacea data}: the commands about pictures on disk. */
@Command(name = "data", mixinStandardHelpOptions = true, subcommands = DataCheck.class,
        synopsisSubcommandLabel = "COMMAND", description = "Look at the pictures that a model is to learn from.")
public final class Data implements Runnable {
    @Spec
    private CommandSpec spec;

    /** What picocli fills in. */
    public Data() {}

    /** Called without a command: says what there is. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given (need check)");
    }
}
