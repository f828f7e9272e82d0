package dev.panacea.tools.pretrain;

import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.tensor.DataException;
import dev.panacea.tools.DeviceOptions;
import dev.panacea.tools.report.RunReport;
import dev.panacea.tools.transfer.RunPage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code panacea report}: the page of a run, made of its folder. */
@Command(name = "report", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Write what a run of pretraining or fine-tuning was and what came of it, as one page of HTML.",
            "It is made of the run's folder: its log and its last checkpoint, or of a fine-tuning its best, which"
                + " answers the test part again. Training writes it at its end."})
public final class Report implements Callable<Integer> {
    /** Its name in the folder of a run. */
    static final String FILE = "report.html";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The folder of the run.")
    private Path run;

    @Option(names = "--data", paramLabel = "PATH",
            description = "Of pretraining, show these pictures: a folder, a list or a file; may be repeated (default:"
                    + " the run's).")
    private List<String> data;

    @Option(names = "--column", paramLabel = "NAME",
            description = "The column of a .csv that names the pictures (default: the run's).")
    private String column;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to write it (default: report.html in DIR).")
    private Path out;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public Report() {}

    @Override
    public Integer call() {
        if (!Files.isDirectory(run)) {
            throw new DataException("report: " + run + ": no such folder (name the folder of a run)");
        }
        device.use();
        Path page = out == null ? run.resolve(FILE) : out;
        if (FineTuned.isFineTuned(run)) {
            if (data != null || column != null) {
                throw new ParameterException(spec.commandLine(), "--data, --column: " + run + " was fine-tuned, and is"
                        + " reported by its own test part (leave them out)");
            }
            RunPage.write(run, page, spec.commandLine());
        } else {
            RunConfig config = RunConfig.read(run.resolve("run.json"));
            config = data == null ? config : config.withData(data);
            config = column == null ? config : config.withColumn(column);
            write(run, config, config.source(spec.commandLine().getErr()), page);
        }
        spec.commandLine().getOut().println("report: " + page);
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** Writes the page of a run. */
    static void write(Path run, RunConfig config, PictureSource source, Path page) {
        new RunReport(run, config.data().isEmpty() ? config.drawn() + " drawn X-rays"
                : source.size() + " pictures of " + String.join(", ", config.data()), config.pretrain(), source)
                .write(page);
    }
}
