package dev.panacea.tools.transfer;

import dev.panacea.tensor.io.AtomicFile;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code panacea table}: what came of many runs of fine-tuning. */
@Command(name = "table", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Put the results of runs of finetune side by side: methods by rows, tasks by columns.",
            "Runs that differ in their seeds alone are one cell, their mean ± standard deviation. The best of a column"
                + " is bold, the second underlined, and what does not differ significantly from the best is marked"
                + " (Welch's two-sample t-test, p = 0.05).",
            "Rows stand in the order in which their runs are found."},
        footer = {"", "Examples:",
            "  panacea table runs/random runs/ace",
            "  panacea table runs/ --number \"Dice heart\" --format latex --out table.tex"})
public final class Table implements Callable<Integer> {
    /** How a table is written. */
    enum Format { MARKDOWN, LATEX, CSV }

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "RUNS",
            description = "Folders: each result.json in them and below counts.")
    private List<Path> folders;

    @Option(names = "--number", paramLabel = "NAME", description = "Tabulate this number of result.json, such as"
            + " \"Dice heart\" (default: the one that each task is reported by).")
    private String number;

    @Option(names = "--format", paramLabel = "NAME", defaultValue = "markdown",
            description = "markdown, latex, or csv: a line for each cell, unrounded (default: ${DEFAULT-VALUE}).")
    private Format format;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to write it (default: standard output).")
    private Path out;

    /** What picocli fills in. */
    public Table() {}

    @Override
    public Integer call() {
        List<FoundResult> found = FoundResult.below(folders);
        if (number != null) {
            List<FoundResult> having = ResultTable.having(found, number);
            if (having.size() < found.size()) {
                PrintWriter err = spec.commandLine().getErr();
                err.println("left out: " + (found.size() - having.size()) + " of " + found.size() + " runs have no \""
                        + number + "\"");
                err.flush();
            }
            found = having;
        }
        ResultTable table = ResultTable.of(found, number);
        String text = switch (format) {
            case MARKDOWN -> MarkdownTable.text(table);
            case LATEX -> LatexTable.text(table);
            case CSV -> CsvTable.text(table);
        };
        PrintWriter writer = spec.commandLine().getOut();
        if (out == null) {
            writer.print(text);
        } else {
            AtomicFile.write(out, "table", text.getBytes(StandardCharsets.UTF_8));
            writer.println("table: " + out);
        }
        writer.flush();
        return 0;
    }
}
