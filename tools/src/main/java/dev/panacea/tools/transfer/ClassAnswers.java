package dev.panacea.tools.transfer;

import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.LabelHeat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Probabilities, {@code predictions.csv}: a column for each label, and {@code predicted} where one of them is true.
 * Heat maps are {@code heat/LABEL/NAME.png}, and {@code heat.csv} tells them.
 */
final class ClassAnswers implements Answers {
    private static final int TOLD = 3; // labels of a picture in words

    private final Path out;
    private final List<String> labels;
    private final boolean one;
    private final HeatChoice chosen;
    private final LabelHeat heat; // null where none is asked for
    private final List<String> folders;
    private final List<List<String>> rows = new ArrayList<>();
    private final List<List<String>> heats = new ArrayList<>();

    ClassAnswers(Path out, FineTuned tuned, HeatChoice chosen) {
        this.out = out;
        this.chosen = chosen;
        labels = tuned.task().labels();
        one = tuned.facts().kind() == LabelSet.Kind.ONE;
        heat = chosen.isNone() ? null : new LabelHeat(tuned.config(), tuned.network());
        folders = AnswerNames.ofLabels(labels);
        List<String> head = new ArrayList<>(List.of("image"));
        head.addAll(labels);
        if (one) {
            head.add("predicted");
        }
        rows.add(head);
        heats.add(List.of("image", "label", "probability", "heat"));
    }

    @Override
    public String add(Seen picture, float[] answer) {
        List<Integer> order = IntStream.range(0, answer.length).boxed()
                .sorted(Comparator.comparingDouble(label -> -answer[label])).toList();
        List<String> row = new ArrayList<>(List.of(picture.file().toString()));
        for (float probability : answer) {
            row.add(Float.toString(probability));
        }
        if (one) {
            row.add(labels.get(order.getFirst()));
        }
        rows.add(row);
        for (int label : chosen.of(order.getFirst())) {
            Path file = OutFolder.made(out.resolve("heat").resolve(folders.get(label)))
                    .resolve(picture.name() + ".png");
            new FilmOverlay(picture.shown()).heat(heat.of(picture.whole(), label)).write(file);
            heats.add(List.of(picture.file().toString(), labels.get(label), Float.toString(answer[label]),
                    file.toString()));
        }
        return order.stream().limit(TOLD).map(label -> String.format(Locale.ROOT, "%s %.3f", labels.get(label),
                answer[label])).collect(Collectors.joining(", "));
    }

    @Override
    public Path finish() {
        if (heat != null) {
            Answers.table(out.resolve("heat.csv"), heats);
        }
        return Answers.table(out.resolve(TestPart.PREDICTIONS), rows);
    }
}
