package dev.panacea.tools.transfer;

import dev.panacea.ace.example.Examples;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.transfer.Inference;
import dev.panacea.ace.transfer.Predictions;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tools.Progress;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.IntConsumer;

/** Answers on the command line, and what they are worth. */
final class Measured {
    /** How often pictures are drawn for an interval. */
    static final int SAMPLES = 1000;

    private Measured() {}

    /** A network's answers about examples, with a bar. */
    static Predictions predictions(Inference inference, Examples examples, String task, PrintWriter err) {
        try (Progress progress = Progress.open(task, examples.size(), err)) {
            return inference.predictions(examples, steps(progress));
        }
    }

    /** Moves a bar to how many are done. */
    static IntConsumer steps(Progress progress) {
        int[] told = {0};
        return done -> {
            for (; told[0] < done; told[0]++) {
                progress.step();
            }
        };
    }

    /** All numbers, with intervals; the same draws each time. */
    static SequencedMap<String, Interval> numbers(Predictions predictions) {
        return predictions.numbers(SAMPLES, RandomSource.of(0));
    }

    /** All numbers, and those by ten crops beside them. */
    static SequencedMap<String, Interval> numbers(Predictions predictions, Predictions tenCrop) {
        SequencedMap<String, Interval> numbers = new LinkedHashMap<>(numbers(predictions));
        numbers(tenCrop).forEach((name, number) -> numbers.put(TransferResult.TEN_CROP + name, number));
        return numbers;
    }

    /** Prints numbers, a line each. */
    static void print(SequencedMap<String, Interval> numbers, PrintWriter printer) {
        numbers.forEach((name, number) -> printer.printf("  %-32s %s%n", name, Double.isNaN(number.value())
                ? "cannot be measured" : number));
        printer.flush();
    }
}
