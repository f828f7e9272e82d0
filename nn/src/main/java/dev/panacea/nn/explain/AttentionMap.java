package dev.panacea.nn.explain;

import dev.panacea.nn.model.Backbone;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The weights of attention in one block: how much each token reads of each other, head by head. Those of a query sum to
 * 1 over the tokens of its window and, where the picture does not fill it, the zeros beside it.
 */
public final class AttentionMap {
    private final String block;
    private final Windows windows;
    private final int heads;
    private final float[] weights; // [B, windows, h, n, n]

    AttentionMap(String block, Windows windows, int heads, float[] weights) {
        this.block = block;
        this.windows = windows;
        this.heads = heads;
        this.weights = weights;
    }

    /**
     * The maps of all blocks, the first block's first.
     *
     * @param pictures [B, C, H, W]
     */
    public static List<AttentionMap> of(Backbone backbone, Tensor pictures) {
        List<AttentionMap> maps = new ArrayList<>();
        each(backbone, pictures, maps::add);
        return maps;
    }

    /**
     * Shows the maps of all blocks one after another, so that nobody needs to hold them all.
     *
     * @param pictures [B, C, H, W]
     */
    public static void each(Backbone backbone, Tensor pictures, Consumer<AttentionMap> each) {
        new AttentionReader(backbone, pictures, each).run();
    }

    /** Path of the block's parameters, such as {@code blocks.3} or {@code layers.2.blocks.0}. */
    public String block() {
        return block;
    }

    /** How its tokens lie in the picture. */
    public TokenGrid grid() {
        return windows.grid();
    }

    /** Number of heads. */
    public int heads() {
        return heads;
    }

    /** How many tokens see one another: all, or those of a window. */
    public int windowTokens() {
        return windows.size();
    }

    /** What a token reads of each token of the picture, in one head: [tokens], zero for those of other windows. */
    public double[] row(int picture, int head, int query) {
        int n = windows.size();
        int place = windows.find(query);
        int[] tokens = windows.tokens()[place / n];
        int from = at(picture, place / n, head) + place % n * n;
        double[] row = new double[grid().tokens()];
        for (int j = 0; j < n; j++) {
            if (tokens[j] >= 0) {
                row[tokens[j]] = weights[from + j];
            }
        }
        return row;
    }

    /** How much each token is read, in one head: the mean over all queries, [tokens]. */
    public double[] read(int picture, int head) {
        int n = windows.size();
        double[] read = new double[grid().tokens()];
        for (int window = 0; window < windows.count(); window++) {
            int[] tokens = windows.tokens()[window];
            int from = at(picture, window, head);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    if (tokens[i] >= 0 && tokens[j] >= 0) {
                        read[tokens[j]] += weights[from + i * n + j] / grid().tokens();
                    }
                }
            }
        }
        return read;
    }

    /** The same with one head: the mean of all. */
    public AttentionMap mean() {
        int length = windows.size() * windows.size();
        float[] means = new float[weights.length / heads];
        for (int i = 0; i < means.length; i++) {
            double sum = 0;
            for (int head = 0; head < heads; head++) {
                sum += weights[(i / length * heads + head) * length + i % length];
            }
            means[i] = (float) (sum / heads);
        }
        return new AttentionMap(block, windows, 1, means);
    }

    private int at(int picture, int window, int head) {
        int n = windows.size();
        return ((picture * windows.count() + window) * heads + head) * n * n;
    }

    /**
     * One step of rollout backwards: each token hands half of its relevance to itself, the residual, and half to what
     * it reads, by the first head. Weights on zeros beside the picture do not count.
     */
    double[] back(int picture, double[] relevance) {
        int n = windows.size();
        double[] before = new double[relevance.length];
        for (int window = 0; window < windows.count(); window++) {
            int[] tokens = windows.tokens()[window];
            for (int i = 0; i < n; i++) {
                if (tokens[i] < 0 || relevance[tokens[i]] == 0) {
                    continue;
                }
                int from = at(picture, window, 0) + i * n;
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    sum += tokens[j] < 0 ? 0 : weights[from + j];
                }
                double half = relevance[tokens[i]] / 2;
                before[tokens[i]] += half;
                for (int j = 0; j < n; j++) {
                    if (tokens[j] >= 0) {
                        before[tokens[j]] += half * weights[from + j] / sum;
                    }
                }
            }
        }
        return before;
    }
}
