package dev.panacea.tensor.cpu;

/**
 * The arithmetic that all attention kernels share: one block of queries against all keys of a head, every operand given
 * by the addresses of its rows and the distance in bytes between their elements. The buffers are in scratch, so scores
 * never reach a tensor.
 */
abstract class AttentionTask extends RowTask {
    // Slots of scratch: first the packed operands, then what a block computes.
    private static final int QUERY = 0;
    private static final int KEY_TRANSPOSED = 1;
    private static final int VALUE = 2;
    private static final int SCORE = 3;
    private static final int GRADIENT = 4;
    private static final int SCORE_GRADIENT = 5;
    private static final int VALUE_TRANSPOSED = 6;
    private static final int KEY = 7;
    private static final int QUERY_PANELS = 8;
    private static final int GRADIENT_PANELS = 9;
    /** Rows that a block results in: [rows, {@link #deep}]. */
    static final int RESULT = 10;
    /** Sums over queries: [keys, {@link #deep}]. */
    static final int KEY_SUM = 11;
    /** Sums over queries: [keys, {@link #deep}]. */
    static final int VALUE_SUM = 12;
    /** Log-sum-exp of a block's rows. */
    static final int LOG_SUM_EXP = 13;
    /** 1 / sum of a block's rows. */
    static final int INVERSE = 14;
    /** Additive terms of scores. */
    static final int ADDED = 15;
    private static final int DENSE = 16;
    /** Slot of memory, not of floats. */
    private static final int STATISTIC = 0;
    /** First slot that is free for the kernels' own buffers. */
    static final int OWN = 17;

    private static final int BLOCK_FLOATS = 1 << 16;
    private static final int MOST_QUERIES = 64;
    private static final int LEAST_QUERIES = 16;

    int queries;
    int keys;
    int depth;
    float scale;
    /** Keys with padding: the row stride of scores. */
    int width;
    /** Depth with padding: the row stride of results. */
    int deep;
    /** Queries handled at once: about equal blocks, whose scores stay in the second-level cache; from sizes alone. */
    int block;

    final void sizes(int ofQueries, int ofKeys, int ofDepth, double factor) {
        queries = ofQueries;
        keys = ofKeys;
        depth = ofDepth;
        scale = (float) factor;
        width = PanelProduct.padColumns(keys);
        deep = PanelProduct.padColumns(depth);
        int most = Math.clamp(BLOCK_FLOATS / width, LEAST_QUERIES, MOST_QUERIES);
        int blocks = (queries + most - 1) / most;
        block = PanelProduct.padRows((queries + blocks - 1) / blocks);
    }

    final int blocks() {
        return (queries + block - 1) / block;
    }

    /** Takes the keys from rows at these addresses, {@code plus} bytes on; so do the other methods that pack. */
    final void packKeys(long[] rows, long plus, long step, Scratch scratch) {
        transpose(rows, plus, step, KEY_TRANSPOSED, scratch);
    }

    /** By way of a dense copy: reading whole rows waits for memory less than reading them element by element. */
    private void transpose(long[] rows, long plus, long step, int slot, Scratch scratch) {
        float[] dense = scratch.floats(DENSE, PanelProduct.padRows(keys) * depth);
        PanelPack.rows(rows, plus, 0, keys, step, depth, 1, dense, depth);
        PanelPack.transposed(dense, keys, depth, scratch.floats(slot, depth * width));
    }

    final void packValues(long[] rows, long plus, long step, Scratch scratch) {
        PanelPack.panels(rows, plus, 0, keys, step, depth, 1, scratch.floats(VALUE, keys * deep));
    }

    /**
     * Attends with queries {@code first}.. and leaves in scratch the result before division, the log-sum-exp, and the
     * inverse sums. {@code added} holds the additive terms, row i of the block at {@code addedAt + i · addedRow};
     * {@code region}, unless null, tells which pairs of tokens are {@code apart}.
     */
    final void forward(long[] query, long plus, long step, int first, int rows, float[] added, int addedAt, int addedRow,
            float[] region, float apart, Scratch scratch) {
        int tall = PanelProduct.padRows(rows);
        float[] q = scratch.floats(QUERY, tall * depth);
        float[] scores = scratch.floats(SCORE, tall * width);
        float[] max = scratch.floats(LOG_SUM_EXP, PanelProduct.padColumns(tall));
        float[] sum = scratch.floats(INVERSE, PanelProduct.padColumns(tall));
        PanelPack.rows(query, plus, first, rows, step, depth, scale, q, depth);
        PanelProduct.multiply(q, depth, 1, scratch.floats(KEY_TRANSPOSED, 0), scores, width, rows, keys, depth, false);
        if (region != null) {
            ScoreRows.separate(scores, rows, width, region, first, apart);
        }
        ScoreRows.exponentials(scores, rows, width, added, addedAt, addedRow, max, sum);
        ScoreRows.normalisers(max, sum, PanelProduct.padColumns(rows), scratch.memory(STATISTIC, 8L * sum.length));
        float[] result = scratch.floats(RESULT, tall * deep);
        PanelProduct.multiply(scores, width, 1, scratch.floats(VALUE, 0), result, deep, rows, depth, keys, false);
    }

    final void packKeysBackward(long[] rows, long plus, long step, Scratch scratch) {
        packKeys(rows, plus, step, scratch);
        PanelPack.panels(rows, plus, 0, keys, step, depth, scale, scratch.floats(KEY, keys * deep));
        scratch.floats(KEY_SUM, PanelProduct.padRows(keys) * deep);
        scratch.floats(VALUE_SUM, PanelProduct.padRows(keys) * deep);
    }

    final void packValuesBackward(long[] rows, long plus, long step, Scratch scratch) {
        transpose(rows, plus, step, VALUE_TRANSPOSED, scratch);
    }

    final void packQueries(long[] rows, long plus, long step, int first, int count, Scratch scratch) {
        float[] q = scratch.floats(QUERY, PanelProduct.padRows(count) * depth);
        PanelPack.rows(rows, plus, first, count, step, depth, scale, q, depth);
        PanelPack.panels(rows, plus, first, count, step, depth, scale, scratch.floats(QUERY_PANELS, count * deep));
    }

    final void packGradient(long[] rows, long plus, long step, int first, int count, Scratch scratch) {
        float[] g = scratch.floats(GRADIENT, PanelProduct.padRows(count) * depth);
        PanelPack.rows(rows, plus, first, count, step, depth, 1, g, depth);
        PanelPack.panels(rows, plus, first, count, step, depth, 1, scratch.floats(GRADIENT_PANELS, count * deep));
    }

    /**
     * Backward of a block whose operands are packed and whose log-sum-exp is in scratch: the gradient of its queries
     * becomes the result, those of keys and values are added to their sums (or start them, where {@code first} is 0).
     *
     * @return the gradients of scores, [rows, width]
     */
    final float[] backward(int first, int rows, float[] added, int addedAt, int addedRow, float[] region, float apart,
            Scratch scratch) {
        int tall = PanelProduct.padRows(rows);
        float[] p = scratch.floats(SCORE, tall * width);
        float[] ds = scratch.floats(SCORE_GRADIENT, tall * width);
        PanelProduct.multiply(scratch.floats(QUERY, 0), depth, 1, scratch.floats(KEY_TRANSPOSED, 0), p, width, rows,
                keys, depth, false);
        if (region != null) {
            ScoreRows.separate(p, rows, width, region, first, apart);
        }
        PanelProduct.multiply(scratch.floats(GRADIENT, 0), depth, 1, scratch.floats(VALUE_TRANSPOSED, 0), ds, width,
                rows, keys, depth, false);
        ScoreRows.gradients(p, ds, rows, width, added, addedAt, addedRow, scratch.floats(LOG_SUM_EXP, 0));
        boolean add = first > 0;
        PanelProduct.multiply(p, 1, width, scratch.floats(GRADIENT_PANELS, 0), scratch.floats(VALUE_SUM, 0), deep, keys,
                depth, rows, add);
        PanelProduct.multiply(ds, 1, width, scratch.floats(QUERY_PANELS, 0), scratch.floats(KEY_SUM, 0), deep, keys,
                depth, rows, add);
        float[] result = scratch.floats(RESULT, tall * deep);
        PanelProduct.multiply(ds, width, 1, scratch.floats(KEY, 0), result, deep, rows, depth, keys, false);
        return ds;
    }
}
