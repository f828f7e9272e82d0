package dev.panacea.ace.study;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;

/**
 * Pictures among which one is looked for. In each round every picture is in one batch at most; those that do
 * not fill a batch are left out. Where there are too few for one, all of them are a batch.
 *
 * @param round which round, from 0
 * @param pictures numbers of the pictures
 */
record PictureBatch(int round, int[] pictures) {
    /** What a protocol says of batches. */
    static String protocol(StudyConfig config) {
        return "Rounds: " + config.patches() + ". In each the pictures are shuffled into batches of " + config.batch()
                + " without replacement, a last incomplete one left out (all pictures where there are fewer).";
    }

    /** All batches of a study. */
    static List<PictureBatch> of(StudyData data, StudyConfig config, RandomSource random) {
        int size = Math.min(config.batch(), data.size());
        if (size < 2) {
            throw new DataException("study: " + data.size() + " pictures (need 2 or more to find one among)");
        }
        List<PictureBatch> batches = new ArrayList<>();
        for (int round = 0; round < config.patches(); round++) {
            int[] order = Patches.shuffled(random.child(round), data.size());
            for (int from = 0; from + size <= order.length; from += size) {
                batches.add(new PictureBatch(round, Arrays.copyOfRange(order, from, from + size)));
            }
        }
        return batches;
    }

    /** How many of a batch's queries find their own: query {@code i} looks for answer {@code i}, by cosine. */
    static int found(List<float[]> queries, List<float[]> answers) {
        int found = 0;
        for (int i = 0; i < queries.size(); i++) {
            found += Embeddings.nearest(queries.get(i), answers) == i ? 1 : 0;
        }
        return found;
    }

    /** Writes a share, and its standard error as that of independent tries. */
    static void put(SequencedMap<String, Double> numbers, String name, int found, int of) {
        double share = (double) found / of;
        numbers.put(name, share);
        numbers.put(name + ", standard error", Math.sqrt(share * (1 - share) / of));
    }
}
