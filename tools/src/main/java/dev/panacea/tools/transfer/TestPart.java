package dev.panacea.tools.transfer;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.transfer.Predictions;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.tools.report.TransferReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SequencedMap;
import picocli.CommandLine;

/**
 * The test part of a run that has ended: answered by the best network, measured, and written into the run's folder.
 *
 * @param plan of the run
 * @param folder of the run
 * @param set its data
 * @param run whose steps are done
 */
record TestPart(TransferPlan plan, Path folder, ExampleSet set, TransferRun run) {
    /** The table of answers in the folder of a run. */
    static final String PREDICTIONS = "predictions.csv";
    /** The page in the folder of a run. */
    static final String REPORT = "report.html";

    /**
     * Measures, writes and prints.
     *
     * @param tenCrop whether by ten crops too
     * @param report whether the page is wanted
     * @return empty where there is nothing to test
     */
    Optional<TransferResult> result(boolean tenCrop, boolean report, CommandLine line) {
        PrintWriter printer = line.getOut();
        if (set.test().size() == 0) {
            printer.println("nothing to test: the data set has no test part");
            return Optional.empty();
        }
        Predictions predictions = predictions(false, line);
        SequencedMap<String, Interval> numbers = tenCrop ? Measured.numbers(predictions, predictions(true, line))
                : Measured.numbers(predictions);
        TransferResult result = new TransferResult(plan.transfer().kind().label(), set.name(), plan.method(),
                plan.transfer().model().name(), plan.init(), plan.transfer().seed(), set.train().size(), "test",
                predictions.names().size(), predictions.primary(), predictions.lowerIsBetter(), numbers);
        predictions.write(folder.resolve(PREDICTIONS));
        result.write(folder.resolve(TransferResult.FILE));
        if (report) {
            new TransferReport(folder, plan.examples().text(), run.best(), set, predictions, result)
                    .write(folder.resolve(REPORT));
        }
        printer.println(result.cases() + " pictures of the test part, with 95 % intervals:");
        Measured.print(numbers, printer);
        return Optional.of(result);
    }

    private Predictions predictions(boolean ten, CommandLine line) {
        return Measured.predictions(run.best(ten), set.test(), "test", line.getErr());
    }
}
