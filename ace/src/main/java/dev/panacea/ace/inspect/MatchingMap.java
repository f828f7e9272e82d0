package dev.panacea.ace.inspect;

import dev.panacea.ace.crop.Correspondence;
import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.loss.MatchingConfig;
import dev.panacea.ace.loss.MatchingLoss;
import dev.panacea.ace.loss.MatchingTarget;
import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.Encoding;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.Student;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The matching matrix of one picture beside what it should be (Eq. 3 and 4). Rows are the teacher's tokens.
 *
 * @param rows N, tokens of the teacher
 * @param columns M, composed or decomposed tokens of the student
 * @param matches {@code M = sigmoid(logits)}, [N, M] row by row
 * @param target T, [N, M]
 */
public record MatchingMap(int rows, int columns, float[] matches, float[] target) {
    /**
     * The matrices of both levels, one of each picture; empty where the configuration has no such loss.
     *
     * @param composition teacher's C2 against composed C1
     * @param decomposition teacher's C1 against decomposed C2
     */
    public record Levels(List<MatchingMap> composition, List<MatchingMap> decomposition) {}

    /** Matches a batch by networks as they are: the teacher sees the batch as in a step, the student drops nothing. */
    public static Levels of(PretrainStep networks, Batch batch) {
        PretrainConfig config = networks.config();
        Student student = networks.student();
        try (MemoryScope _ = MemoryScope.open("matching")) {
            Encoding<Tensor> t = networks.teacher().encode(batch.first(), batch.second());
            Encoding<Tensor> s = student.encode(batch.first(), batch.second(), Pass.EVALUATION);
            return new Levels(config.weights().composition() == 0 ? List.of() : matched(config.composition(),
                            batch.crops().stream().map(CropPair::composition).toList(), t.dense2(),
                            student.compose(s.dense1(), Pass.EVALUATION)),
                    config.weights().decomposition() == 0 ? List.of() : matched(config.decomposition(),
                            batch.crops().stream().map(CropPair::decomposition).toList(), t.dense1(),
                            student.decompose(s.dense2(), Pass.EVALUATION)));
        }
    }

    private static List<MatchingMap> matched(MatchingConfig config, List<Correspondence> pairs,
            Tensor teacher, Tensor student) {
        Tensor matches = new MatchingLoss(config).logits(student, teacher.flatten(1, 2)).sigmoid(); // [B, N, M]
        Tensor target = MatchingTarget.of(pairs, config);
        List<MatchingMap> maps = new ArrayList<>();
        for (int k = 0; k < pairs.size(); k++) {
            maps.add(new MatchingMap(matches.dim(1), matches.dim(2), matches.select(0, k).toFloats(),
                    target.select(0, k).toFloats()));
        }
        return maps;
    }

    /** Of the rows with a partner, the share whose largest match is at the largest target. */
    public double found() {
        int found = 0;
        int all = 0;
        for (int row = 0; row < rows; row++) {
            int partner = largest(target, row);
            if (target[row * columns + partner] > 0) {
                all++;
                found += largest(matches, row) == partner ? 1 : 0;
            }
        }
        return all == 0 ? Double.NaN : (double) found / all;
    }

    private int largest(float[] values, int row) {
        int best = 0;
        for (int column = 1; column < columns; column++) {
            if (values[row * columns + column] > values[row * columns + best]) {
                best = column;
            }
        }
        return best;
    }
}
