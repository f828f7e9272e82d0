package dev.panacea.ace.transfer;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.label.LabelSet;
import java.util.List;
import java.util.Set;

/**
 * What a network must know of a data set to answer about pictures; checkpoints hold it.
 *
 * @param set what the data set is called
 * @param kind what its targets say
 * @param labels the names of its labels
 */
public record TaskFacts(String set, LabelSet.Kind kind, List<String> labels) {
    /** Nothing known yet: what a text's own facts are read over. */
    static final TaskFacts UNKNOWN = new TaskFacts("", LabelSet.Kind.ANY, List.of());

    private static final Set<String> BY_AUC = Set.of("Shenzhen", "EyePACS"); // as the paper reports them

    /** Copies the list. */
    public TaskFacts {
        labels = List.copyOf(labels);
    }

    /** The number by which predictions of its labels are reported. */
    public String primary() {
        return kind != LabelSet.Kind.ONE || BY_AUC.contains(set) ? ClassPredictions.MEAN_AUC
                : ClassPredictions.ACCURACY;
    }

    /** Those of a data set. */
    public static TaskFacts of(ExampleSet set) {
        return new TaskFacts(set.name(), set.kind(), set.labels());
    }
}
