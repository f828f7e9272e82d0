package dev.panacea.ace.study;

import dev.panacea.ace.data.Ahead;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Reduction;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.ClassPredictions;
import dev.panacea.ace.transfer.TaskFacts;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What the nearest training pictures say of a picture, by the embeddings of a backbone that nothing is trained of: the
 * mean of the targets of the {@code neighbours} with the largest cosine s, weighed by {@code exp(s / temperature)} (Wu
 * et al. 2018; Caron et al. 2021). Where any label may be true, each has a mean of its own.
 *
 * @param neighbours how many training pictures are asked, or all where there are fewer
 * @param temperature how much less distant ones count
 */
public record NearestProbe(int neighbours, double temperature) {
    private static final int QUERIES = 64; // pictures that are compared with all training pictures at once

    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public NearestProbe {
        if (neighbours < 1 || !(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("probe: " + neighbours + " neighbours, temperature " + temperature
                    + " (need 1 or more, above 0)");
        }
    }

    /** Twenty neighbours at a temperature of .07. */
    public static NearestProbe usual() {
        return new NearestProbe(20, 0.07);
    }

    /**
     * Pictures as a backbone sees them.
     *
     * @param names of the pictures
     * @param embeddings of length 1, [K] each
     * @param targets for each label 1, 0 or NaN
     */
    public record Seen(List<String> names, List<float[]> embeddings, List<float[]> targets) {
        /**
         * Embeds examples.
         *
         * @param done told how many are done
         * @throws DataException if a picture cannot be read
         */
        public static Seen of(FeatureExtractor features, Examples examples, LoadLimits limits, IntConsumer done) {
            Reduction reduction = reduction(features);
            Seen seen = new Seen(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            try (Ahead<Picture> ahead = new Ahead<>(examples.size(), i -> {
                Example example = examples.read((int) i);
                return reduction.apply(example.picture());
            }, limits.threads(), QUERIES)) {
                while (ahead.hasNext()) {
                    List<Picture> some = new ArrayList<>();
                    while (some.size() < QUERIES && ahead.hasNext()) {
                        some.add(ahead.next());
                    }
                    for (float[] embedding : features.pooled(some)) {
                        int number = seen.names.size();
                        seen.names.add(examples.name(number));
                        seen.targets.add(examples.targets(number));
                        seen.embeddings.add(unit(embedding));
                    }
                    done.accept(seen.names.size());
                }
            }
            return seen;
        }

        private static float[] unit(float[] embedding) {
            double sum = 0;
            for (float value : embedding) {
                sum += (double) value * value;
            }
            float[] unit = new float[embedding.length];
            for (int k = 0; k < unit.length && sum > 0; k++) {
                unit[k] = (float) (embedding[k] / Math.sqrt(sum));
            }
            return unit;
        }
    }

    /** What is kept of each picture, whether a cache stands between or not. */
    public static Reduction reduction(FeatureExtractor features) {
        return Reduction.squares(features.pixels(), 1);
    }

    /**
     * Predicts labels.
     *
     * @param train whose targets are known
     * @param asked whose are asked for
     * @param facts of the data set
     * @throws DataException if there is nothing to learn from
     */
    public ClassPredictions predictions(Seen train, Seen asked, TaskFacts facts) {
        if (train.names.isEmpty()) {
            throw new DataException("data set " + facts.set() + ": no training pictures to be near to (look at its"
                    + " splits: panacea data check)");
        }
        double[][] scores = new double[asked.names.size()][];
        try (MemoryScope _ = MemoryScope.open("probe")) {
            Tensor all = stacked(train.embeddings).transpose(0, 1); // [K, train]
            for (int from = 0; from < scores.length; from += QUERIES) {
                List<float[]> some = asked.embeddings.subList(from, Math.min(scores.length, from + QUERIES));
                try (MemoryScope _ = MemoryScope.open("queries")) {
                    float[] cosines = stacked(some).matmul(all).toFloats(); // [queries, train]
                    for (int i = 0; i < some.size(); i++) {
                        scores[from + i] = score(cosines, i * train.names.size(), train.targets);
                    }
                }
            }
        }
        LabelSet.Kind kind = facts.kind() == LabelSet.Kind.ONE ? LabelSet.Kind.ONE : LabelSet.Kind.ANY;
        return new ClassPredictions(asked.names, facts.labels(), kind, facts.primary(), scores,
                asked.targets.toArray(float[][]::new));
    }

    private static Tensor stacked(List<float[]> rows) {
        return Tensor.of(Shape.of(rows.size(), rows.getFirst().length), rows);
    }

    /** For each label the weighed mean of what is known of the neighbours; one half where nothing is. */
    private double[] score(float[] cosines, int from, List<float[]> targets) {
        int[] nearest = nearest(cosines, from, targets.size());
        double[] scores = new double[targets.getFirst().length];
        for (int label = 0; label < scores.length; label++) {
            double sum = 0;
            double weights = 0;
            float most = Float.NaN; // of those that are known: the same factor in all weights, so that none is 0
            for (int one : nearest) {
                float target = targets.get(one)[label];
                if (!Float.isNaN(target)) {
                    most = Float.isNaN(most) ? cosines[from + one] : most;
                    double weight = StrictMath.exp((cosines[from + one] - most) / temperature);
                    sum += weight * target;
                    weights += weight;
                }
            }
            scores[label] = weights > 0 ? sum / weights : 0.5;
        }
        return scores;
    }

    /** The numbers of the largest cosines, of equal ones the first, from the largest on. */
    private int[] nearest(float[] cosines, int from, int count) {
        int[] best = new int[Math.min(neighbours, count)];
        int filled = 0;
        for (int i = 0; i < count; i++) {
            float cosine = cosines[from + i];
            if (filled == best.length && !(cosine > cosines[from + best[filled - 1]])) {
                continue;
            }
            int at = filled < best.length ? filled++ : filled - 1;
            for (; at > 0 && cosine > cosines[from + best[at - 1]]; at--) {
                best[at] = best[at - 1];
            }
            best[at] = i;
        }
        return best;
    }
}
