package dev.panacea.tools;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code panacea} command: where every subcommand hangs. */
@Command(name = "panacea", version = "panacea 0.1.0", mixinStandardHelpOptions = true,
        description = "A deep-learning stack in pure Java 25.")
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}
