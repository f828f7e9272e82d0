package dev.panacea.bindings.cudnn;

import java.util.Optional;

/**
 * The sizes of an attention: query [batch, heads, queries, depth], key and value [batch, heads, keys, depth], and a
 * bias [biasBatch, biasHeads, queries, keys] that is added to the scores.
 *
 * @param batch entries
 * @param heads of each entry
 * @param queries rows of a head's query
 * @param keys rows of its key and value
 * @param depth elements of a row
 * @param biasBatch 1 or batch; 0 for no bias
 * @param biasHeads 1 or heads; 0 for no bias
 */
public record AttentionShape(int batch, int heads, int queries, int keys, int depth, int biasBatch, int biasHeads) {
    private static final int OLDEST = 90500; // before it, the bias's gradient wants lengths of multiples of 64
    private static final int BROKEN_FROM = 91000;
    private static final int BROKEN_TO = 91001;
    private static final int ANY_LENGTH = 91501;
    private static final int LENGTHS = 128;
    private static final int DEPTHS = 8;
    private static final int MOST_DEPTH = 128;
    private static final int OLDEST_CARD = 80;
    /** From here on the gradient with a bias is not repeatable. */
    private static final int NEWER_CARD = 100;

    /** Whether there is a bias. */
    public boolean biased() {
        return biasBatch > 0;
    }

    @Override
    public String toString() {
        return batch + " × " + heads + " heads of " + queries + " × " + keys + " × " + depth
                + (biased() ? " with bias" : "");
    }

    /**
     * Why a version of cuDNN is not asked for it, forward and backward; empty where it is.
     *
     * @param version such as 91501 for 9.15.1
     * @param architecture compute capability, such as 90 for 9.0
     */
    public Optional<String> refusal(int version, int architecture) {
        if (version < OLDEST || version >= BROKEN_FROM && version <= BROKEN_TO) {
            return Optional.of("cuDNN " + Handle.text(version) + " (need 9.5 or later, not 9.10.0 or 9.10.1)");
        }
        if (architecture < OLDEST_CARD || architecture >= NEWER_CARD) {
            return Optional.of("compute capability " + architecture / 10 + "." + architecture % 10
                    + " (need 8 or 9, for gradients that repeat)");
        }
        if (depth % DEPTHS != 0 || depth > MOST_DEPTH) {
            return Optional.of("heads of " + depth + " elements (need a multiple of 8, 128 at most)");
        }
        if (keys % LENGTHS != 0 && version < ANY_LENGTH) {
            return Optional.of(keys + " keys by cuDNN " + Handle.text(version)
                    + " (need a multiple of 128, or a version after 9.15)");
        }
        return queries == 1 && keys == 1 ? Optional.of("a single query and key") : Optional.empty();
    }
}
