package dev.panacea.ace.transfer;

import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Placement;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * What differs from task to task: how a network should answer, what it costs when it answers otherwise, and what its
 * answers are worth. An answer about one view is an array: probabilities of labels [L], of pixels [L, V, V], or for
 * each key point column, row and the height of the map there [L, 3].
 */
public abstract sealed class TransferTask permits ClassTask, MaskTask, PointTask {
    private final List<String> labels;

    TransferTask(List<String> labels) {
        this.labels = List.copyOf(labels);
    }

    /**
     * The task of a data set.
     *
     * @throws DataException if the set has no labels
     */
    public static TransferTask of(TransferConfig config, TaskFacts set) {
        if (set.labels().isEmpty()) {
            throw new DataException("data set " + set.set() + ": no labels (name another --task)");
        }
        return switch (config.kind()) {
            case CLASSIFY -> new ClassTask(set, config.loss());
            case SEGMENT -> new MaskTask(set.labels(), config.loss(), config.view());
            case KEYPOINTS -> new PointTask(set.labels(), config.loss(), config.view().pixels());
        };
    }

    /** The names of what is to be told apart, L of them. */
    public final List<String> labels() {
        return labels;
    }

    /** Looks at the training part before the first step, such as how often each label occurs. */
    public void begin(ExampleSet set) {}

    /**
     * What the network should say of a view.
     *
     * @throws DataException if the example lacks what it takes
     */
    public abstract Target target(Example example, Placement placement);

    /**
     * Targets of one view.
     *
     * @param values as {@link TransferBatch#targets} of one picture
     * @param counts whether each value counts, 1 or 0, or each label's values; null where all do
     */
    public record Target(float[] values, float[] counts) {}

    /** The shape of the targets of so many pictures. */
    abstract Shape targets(int pictures);

    /** What is made small, []: a mean over what counts. */
    public abstract Variable loss(Variable logits, TransferBatch batch);

    /** Logits [B, …] → answers, one array for each picture. */
    public abstract List<float[]> answers(Tensor logits);

    /** The mean of the answers about several views of one picture. */
    float[] mean(List<float[]> answers) {
        float[] mean = new float[answers.getFirst().length];
        for (float[] answer : answers) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += answer[i] / answers.size();
            }
        }
        return mean;
    }

    /** Collects answers about whole pictures, and the truth. */
    abstract Collector collector();

    /** Answers, one after another. */
    interface Collector {
        /** One more. */
        void add(Example example, float[] answer);

        /** What they are worth. */
        Predictions predictions();
    }
}
