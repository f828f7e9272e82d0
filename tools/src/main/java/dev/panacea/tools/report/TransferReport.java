package dev.panacea.tools.report;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.Predictions;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.tensor.io.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * {@code report.html}: what a run of fine-tuning was and what came of it, in one page that needs no other file and no
 * network.
 *
 * @param run the folder of the run, with its log
 * @param data what the pictures are, in words
 * @param tuned the network that was measured
 * @param set its data
 * @param predictions of the test part, in its order
 * @param result what they are worth
 */
public record TransferReport(Path run, String data, FineTuned tuned, ExampleSet set, Predictions predictions,
        TransferResult result) {
    /**
     * Checks that the predictions are of the test part.
     *
     * @throws IllegalArgumentException if they are of as many pictures as it does not have
     */
    public TransferReport {
        if (predictions.names().size() != set.test().size()) {
            throw new IllegalArgumentException("report: " + predictions.names().size() + " predictions of "
                    + set.test().size() + " pictures (need those of the test part)");
        }
    }

    /**
     * Writes the page.
     *
     * @throws dev.panacea.tensor.DataException if the log is missing or damaged, a picture to show cannot be read, or
     *     the page cannot be written
     */
    public void write(Path page) {
        String title = "Fine-tuning of " + result.model() + " for " + result.task();
        AtomicFile.write(page, "report", new Page(title).add("<h1>" + Page.escaped(title) + "</h1>\n").end()
                .getBytes(StandardCharsets.UTF_8));
    }
}
