package dev.panacea.ace.transfer;

import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Placement;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Labels of whole pictures: any of them, or one of them. */
final class ClassTask extends TransferTask {
    private static final float MOST_WEIGHT = 50; // of a label so rare that one picture would rule the gradient

    private final LabelSet.Kind kind;
    private final String primary;
    private final boolean weighed;
    private float[] weights; // for each label; null where all count alike

    ClassTask(TaskFacts set, LossConfig loss) {
        super(set.labels());
        kind = set.kind() == LabelSet.Kind.ONE ? LabelSet.Kind.ONE : LabelSet.Kind.ANY;
        primary = set.primary();
        weighed = loss.classWeights();
    }

    @Override
    public void begin(ExampleSet set) {
        if (!weighed) {
            return;
        }
        double[] positives = new double[labels().size()];
        double[] known = new double[labels().size()];
        for (int i = 0; i < set.train().size(); i++) {
            float[] targets = set.train().targets(i);
            for (int label = 0; label < targets.length; label++) {
                positives[label] += targets[label] == 1 ? 1 : 0;
                known[label] += Float.isNaN(targets[label]) ? 0 : 1;
            }
        }
        weights = new float[positives.length];
        for (int label = 0; label < weights.length; label++) {
            double weight = kind == LabelSet.Kind.ONE ? known[label] / (weights.length * positives[label])
                    : (known[label] - positives[label]) / positives[label];
            weights[label] = positives[label] == 0 ? 1 : (float) Math.clamp(weight, 1 / MOST_WEIGHT, MOST_WEIGHT);
        }
    }

    @Override
    public Target target(Example example, Placement placement) {
        float[] values = example.targets().clone();
        float[] counts = new float[values.length];
        float sum = 0;
        for (int label = 0; label < values.length; label++) {
            boolean known = !Float.isNaN(values[label]);
            values[label] = known ? values[label] : 0;
            counts[label] = known ? 1 : 0;
            sum += values[label];
        }
        if (kind == LabelSet.Kind.ONE && sum != 1) {
            throw new DataException(example.name() + ": " + (int) sum + " of the labels are true (need one of them)");
        }
        return new Target(values, counts);
    }

    @Override
    Shape targets(int pictures) {
        return Shape.of(pictures, labels().size());
    }

    @Override
    public Variable loss(Variable logits, TransferBatch batch) {
        Tensor factors = weights == null ? null : Tensor.of(Shape.of(weights.length), weights);
        if (kind == LabelSet.Kind.ANY) {
            Variable targets = logits.lift(batch.targets());
            Variable counts = logits.lift(batch.weights());
            return factors == null ? logits.bceWithLogits(targets, counts)
                    : logits.bceWithLogits(targets, counts, logits.lift(factors));
        }
        Tensor targets = factors == null ? batch.targets() : batch.targets().mul(factors);
        Tensor shares = targets.div(targets.sum(false)); // weighted mean over the pictures
        return logits.logSoftmax(1).mul(logits.lift(shares)).sum(false).neg();
    }

    @Override
    public List<float[]> answers(Tensor logits) {
        float[] all = (kind == LabelSet.Kind.ONE ? logits.softmax(1) : logits.sigmoid()).toFloats();
        List<float[]> answers = new ArrayList<>();
        for (int at = 0; at < all.length; at += labels().size()) {
            answers.add(Arrays.copyOfRange(all, at, at + labels().size()));
        }
        return answers;
    }

    @Override
    Collector collector() {
        List<String> names = new ArrayList<>();
        List<double[]> scores = new ArrayList<>();
        List<float[]> targets = new ArrayList<>();
        return new Collector() {
            @Override
            public void add(Example example, float[] answer) {
                names.add(example.name());
                double[] score = new double[answer.length];
                Arrays.setAll(score, label -> answer[label]);
                scores.add(score);
                targets.add(example.targets());
            }

            @Override
            public Predictions predictions() {
                return new ClassPredictions(names, labels(), kind, primary, scores.toArray(double[][]::new),
                        targets.toArray(float[][]::new));
            }
        };
    }
}
