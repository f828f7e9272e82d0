package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Swin's attention inside windows of {@code window × window} tokens (Liu et al. 2021, section 3.2): cyclic shift,
 * partition into windows, attention with relative position bias and shift mask, and the way back, in one op without any
 * copy in between. N = window² tokens share a window, row-major.
 *
 * <p>Inputs: qkv [B, H, W, 3C] in image order, the output of the layer that makes query, key and value, each cut into h
 * heads of D = C / h channels; and the bias, either Swin's parameter {@code relative_position_bias_table}
 * [(2·window − 1)², h], whose row (Δy + window − 1)·(2·window − 1) + Δx + window − 1 belongs to a query Δy below and Δx
 * right of its key, or the gathered bias [h, N, N]. Taking the table saves the N² gather and its scatter in backward;
 * checkpoints hold it, too. H and W are multiples of the window. Scores are scaled by 1 / √D.
 *
 * <p>With shift s the windows start at pixel s, and wrap around at the end. Tokens of a wrapped window that are not
 * neighbours in the image get −100 added to their score, as in Swin's code, timm and torchvision (not −∞: a gradient of
 * about e^−100 flows). Along an axis with a single window there is no shift, also as there: one window sees it all.
 *
 * <p>Outputs: y [B, H, W, C] in image order, and the log-sum-exp [B, h, H, W] of each token's scores.
 *
 * @param window side of a window in tokens
 * @param shift how far the windows are shifted down and right, 0..window − 1
 */
public record WindowAttention(int window, int shift) implements Op {
    /** What Swin adds to the score of two tokens that only the cyclic shift brought together. */
    public static final double APART = -100;

    /** Checks the attributes. */
    public WindowAttention {
        if (window < 1 || shift < 0 || shift >= window) {
            throw new ShapeException("windowAttention: window " + window + ", shift " + shift
                    + " (need window >= 1, 0 <= shift < window)");
        }
    }

    @Override
    public String formula() {
        return "y_i = Σ_j softmax_j(q_i·k_j / √D + bias_ij + (-100 if apart)) · v_j over the tokens j of i's window";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.floats(this, in);
        int heads = heads(this, in.get(0).shape(), in.get(1).shape());
        Shape qkv = in.getFirst().shape();
        return List.of(in.getFirst().with(qkv.with(3, qkv.dim(3) / 3)),
                in.getFirst().with(Shape.of(qkv.dim(0), heads, qkv.dim(1), qkv.dim(2))));
    }

    /** Checks qkv and bias, and returns the number of heads. */
    int heads(Op op, Shape qkv, Shape bias) {
        if (qkv.rank() != 4 || qkv.size() == 0 || qkv.dim(1) % window != 0 || qkv.dim(2) % window != 0) {
            throw new ShapeException(op.name() + ": qkv is " + qkv + " (need [B, H, W, 3C], H and W multiples of window"
                    + " " + window + ")");
        }
        int side = 2 * window - 1;
        int tokens = window * window;
        boolean table = bias.rank() == 2 && bias.dim(0) == side * side && bias.dim(1) > 0;
        boolean gathered = bias.rank() == 3 && bias.dim(1) == tokens && bias.dim(2) == tokens && bias.dim(0) > 0;
        if (!table && !gathered) {
            throw new ShapeException(op.name() + ": bias is " + bias + " (need a table [" + side * side + ", h], or [h,"
                    + " " + tokens + ", " + tokens + "])");
        }
        int heads = bias.dim(table ? 1 : 0);
        if (qkv.dim(3) % (3 * heads) != 0) {
            throw new ShapeException(op.name() + ": " + qkv.dim(3) + " channels do not split into q, k, v of " + heads
                    + " heads (need a multiple of " + 3 * heads + ")");
        }
        return heads;
    }

    /** The shift along an axis of {@code size} tokens: none where one window covers it. */
    public int shiftOf(int size) {
        return size == window ? 0 : shift;
    }

    /** The bias of each head, query and key, [h, N, N]; {@code bias} may be the table. */
    Tensor gathered(Tensor bias) {
        if (bias.shape().rank() == 3) {
            return bias;
        }
        int n = window * window;
        Tensor all = Tensor.zeros(bias.type(), bias.dim(1), n, n);
        for (int h = 0; h < bias.dim(1); h++) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    all.set(bias.at(row(i, j), h), h, i, j);
                }
            }
        }
        return all;
    }

    /** Row of the table for the tokens of one window that are query and key, each by its number. */
    public int row(int i, int j) {
        return (i / window - j / window + window - 1) * (2 * window - 1) + i % window - j % window + window - 1;
    }

    /**
     * Plays attention window by window on [.., N, D] operands. Window (b, wy, wx) holds at {@code i} the image token
     * ((wy·w + i / w + s) mod H, (wx·w + i mod w + s) mod W).
     */
    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        int height = in[0].dim(1);
        int width = in[0].dim(2);
        int heads = out[1].dim(1);
        int depth = out[0].dim(3) / heads;
        Tensor bias = gathered(in[1]);
        for (int b = 0; b < in[0].dim(0); b++) {
            for (int first = 0; first < height * width; first += window * window) {
                int[][] tokens = tokens(first / (window * window), height, width);
                for (int h = 0; h < heads; h++) {
                    for (int i = 0; i < tokens.length; i++) {
                        double[] s = scores(in[0], bias, tokens, b, h, i);
                        double max = Double.NEGATIVE_INFINITY;
                        for (double score : s) {
                            max = Math.max(max, score);
                        }
                        double sum = 0;
                        for (int j = 0; j < s.length; j++) {
                            s[j] = Math.exp(s[j] - max);
                            sum += s[j];
                        }
                        out[1].set(max + Math.log(sum), b, h, tokens[i][0], tokens[i][1]);
                        for (int d = 0; d < depth; d++) {
                            double y = 0;
                            for (int j = 0; j < s.length; j++) {
                                y += s[j] * part(in[0], 2, heads, tokens[j], b, h, d);
                            }
                            out[0].set(y / sum, b, tokens[i][0], tokens[i][1], h * depth + d);
                        }
                    }
                }
            }
        }
    }

    /**
     * Of each token of a window: row and column in the image, and the region that only true neighbours share.
     *
     * @param number of the window, row-major
     */
    public int[][] tokens(int number, int height, int width) {
        int across = width / window;
        int[][] tokens = new int[window * window][];
        for (int i = 0; i < tokens.length; i++) {
            int y = number / across * window + i / window; // in the shifted image
            int x = number % across * window + i % window;
            int down = shiftOf(height);
            int right = shiftOf(width);
            int region = (y + down >= height ? 2 : 0) + (x + right >= width ? 1 : 0);
            tokens[i] = new int[] {(y + down) % height, (x + right) % width, region};
        }
        return tokens;
    }

    /** The scores of query {@code i} of a window; {@code bias} is the gathered one. */
    double[] scores(Tensor qkv, Tensor bias, int[][] tokens, int b, int h, int i) {
        int heads = bias.dim(0);
        int depth = qkv.dim(3) / 3 / heads;
        double[] scores = new double[tokens.length];
        for (int j = 0; j < scores.length; j++) {
            double dot = 0;
            for (int d = 0; d < depth; d++) {
                dot += part(qkv, 0, heads, tokens[i], b, h, d) * part(qkv, 1, heads, tokens[j], b, h, d);
            }
            scores[j] = dot / Math.sqrt(depth) + bias.at(h, i, j) + (tokens[i][2] == tokens[j][2] ? 0 : APART);
        }
        return scores;
    }

    /** Element d of query (part 0), key (1) or value (2) of one token and head. */
    static double part(Tensor qkv, int part, int heads, int[] token, int b, int h, int d) {
        int depth = qkv.dim(3) / 3 / heads;
        return qkv.at(b, token[0], token[1], (part * heads + h) * depth + d);
    }

    @Override
    public boolean savesOutput(int index) {
        return index == 1;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return v.gradient().apply(new WindowAttentionBackward(window, shift),
                List.of(v.gradient(), v.output(1), v.input(0), v.input(1)));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new WindowAttention(2, 0), Input.real(1, 2, 2, 6), Input.real(9, 1)).reduces(10),
                Sample.of(new WindowAttention(2, 1), Input.real(2, 4, 4, 6), Input.real(9, 2)).reduces(10),
                Sample.of(new WindowAttention(2, 1), Input.real(1, 2, 6, 9), Input.real(9, 1)).reduces(10),
                Sample.of(new WindowAttention(3, 2), Input.real(1, 6, 9, 12), Input.real(25, 2)).reduces(15),
                Sample.of(new WindowAttention(2, 1), Input.real(1, 4, 4, 6), Input.real(1, 4, 4)).reduces(10),
                Sample.of(new WindowAttention(7, 3), Input.real(1, 14, 14, 6), Input.real(169, 2)).reduces(60));
    }

    @Override
    public List<Refusal> refusals() {
        Tensor qkv = Tensor.zeros(1, 4, 4, 12);
        return List.of(
                new Refusal("windowAttention: window 2, shift 2 (need window >= 1, 0 <= shift < window)",
                        () -> qkv.windowAttention(Tensor.zeros(9, 2), 2, 2)),
                new Refusal("windowAttention: qkv is [1, 4, 4, 12] (need [B, H, W, 3C], H and W multiples of window 3)",
                        () -> qkv.windowAttention(Tensor.zeros(25, 2), 3, 0)),
                new Refusal("windowAttention: bias is [8, 2] (need a table [9, h], or [h, 4, 4])",
                        () -> qkv.windowAttention(Tensor.zeros(8, 2), 2, 0)),
                new Refusal("windowAttention: 12 channels do not split into q, k, v of 3 heads (need a multiple of 9)",
                        () -> qkv.windowAttention(Tensor.zeros(9, 3), 2, 0)));
    }
}
