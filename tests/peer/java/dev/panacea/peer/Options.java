package dev.panacea.peer;

import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What stands on the command line of each comparison. */
final class Options {
    @Option(names = "--json", paramLabel = "FILE")
    Path json;

    @Option(names = "--append", hidden = true)
    boolean append;

    @Option(names = "--threads", paramLabel = "N")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--repeats", paramLabel = "N")
    int repeats;

    @Option(names = "--only", paramLabel = "TEXT")
    String only = "";

    private Options() {}

    /** Reads them; a wrong one ends the process with code 2. A broken rule later on will be one line, with code 1. */
    static Options of(String[] arguments, int repeats) {
        Thread.currentThread().setUncaughtExceptionHandler((_, error) -> {
            if (error instanceof IllegalStateException) {
                System.err.println(error.getMessage());
            } else {
                error.printStackTrace();
            }
        });
        Options options = new Options();
        options.repeats = repeats;
        try {
            new CommandLine(options).parseArgs(arguments);
            if (options.threads < 1 || options.repeats < 1) {
                throw new IllegalArgumentException("--threads and --repeats: need at least 1");
            }
        } catch (CommandLine.ParameterException | IllegalArgumentException e) {
            System.err.println("peer: " + e.getMessage() + " (see tests/peer/run --help)");
            System.exit(2);
        }
        return options;
    }
}
