package dev.panacea.tools.transfer;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.Predictions;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tools.report.TransferReport;
import java.nio.file.Path;
import picocli.CommandLine;

/** The page of a fine-tuning run, made of its folder again. */
public final class RunPage {
    private RunPage() {}

    /**
     * Writes the page of a run that has ended: its best network answers the test part again.
     *
     * @param run the folder of the run
     * @param page the file to write or replace
     * @throws DataException if the run has no result, or its data set is not the one that was tested
     */
    public static void write(Path run, Path page, CommandLine line) {
        TransferResult result = TransferResult.read(run.resolve(TransferResult.FILE));
        TransferPlan plan = TransferPlan.read(run);
        ExampleSet set = plan.used(plan.examples().read(plan.transfer().kind(), PictureSource::files, told -> {
            line.getErr().println(told);
            line.getErr().flush();
        }));
        if (result.cases() != set.test().size()) {
            throw new DataException("report: " + run + ": tested on " + result.cases() + " pictures, and its data set"
                    + " has " + set.test().size() + " to test on now (put back " + plan.examples().text()
                    + ", or fine-tune again)");
        }
        try (MemoryScope _ = MemoryScope.open("report")) {
            FineTuned tuned = FineTuned.load(run);
            Predictions predictions = Measured.predictions(tuned.inference(false, LoadLimits.usual()), set.test(),
                    "report", line.getErr());
            new TransferReport(run, plan.examples().text(), tuned, set, predictions, result).write(page);
        }
    }
}
