package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link WindowAttention}. Inputs: the gradient g of y [B, H, W, C], the log-sum-exp [B, h, H, W], then qkv
 * and bias. Outputs: dqkv [B, H, W, 3C], and the bias's gradient in its own shape, table or gathered. Probabilities are
 * computed again from the log-sum-exp.
 *
 * @param window side of a window in tokens
 * @param shift how far the windows are shifted down and right
 */
public record WindowAttentionBackward(int window, int shift) implements Op {
    /** Checks the attributes. */
    public WindowAttentionBackward {
        new WindowAttention(window, shift);
    }

    @Override
    public String formula() {
        return "dv_j = Σ_i p_ij · g_i, ds_ij = p_ij · (g_i·v_j - Σ_m p_im · g_i·v_m), dq_i = Σ_j ds_ij · k_j / √D, "
                + "dk_j = Σ_i ds_ij · q_i / √D, dbias = Σ_windows ds";
    }

    /** The op this is the gradient of. */
    public WindowAttention forward() {
        return new WindowAttention(window, shift);
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 4, 4);
        Check.floats(this, in);
        Shape qkv = in.get(2).shape();
        int heads = forward().heads(this, qkv, in.get(3).shape());
        Check.shape(this, "gradient", in.get(0), qkv.with(3, qkv.dim(3) / 3));
        Check.shape(this, "log-sum-exp", in.get(1), Shape.of(qkv.dim(0), heads, qkv.dim(1), qkv.dim(2)));
        return List.of(in.get(2), in.get(3));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor qkv = in[2];
        WindowAttention forward = forward();
        Tensor bias = forward.gathered(in[3]);
        double[] dqkv = new double[(int) out[0].size()];
        double[] dbias = new double[(int) out[1].size()];
        int windows = qkv.dim(1) * qkv.dim(2) / (window * window);
        for (int b = 0; b < qkv.dim(0); b++) {
            for (int number = 0; number < windows; number++) {
                int[][] tokens = forward.tokens(number, qkv.dim(1), qkv.dim(2));
                for (int h = 0; h < bias.dim(0); h++) {
                    for (int i = 0; i < tokens.length; i++) {
                        query(in, out, bias, tokens, new int[] {b, h, i}, dqkv, dbias);
                    }
                }
            }
        }
        for (int i = 0; i < dqkv.length; i++) {
            out[0].flat(i, dqkv[i]);
        }
        for (int i = 0; i < dbias.length; i++) {
            out[1].flat(i, dbias[i]);
        }
    }

    /** What one query, at (b, h, i), adds to the gradients. */
    private void query(Tensor[] in, Tensor[] out, Tensor bias, int[][] tokens, int[] at, double[] dqkv,
            double[] dbias) {
        Tensor g = in[0];
        Tensor qkv = in[2];
        int b = at[0];
        int h = at[1];
        int i = at[2];
        int heads = bias.dim(0);
        int depth = g.dim(3) / heads;
        double[] p = forward().scores(qkv, bias, tokens, b, h, i);
        double[] dp = new double[p.length];
        double logSumExp = in[1].at(b, h, tokens[i][0], tokens[i][1]);
        double mean = 0;
        for (int j = 0; j < p.length; j++) {
            p[j] = Math.exp(p[j] - logSumExp);
            for (int d = 0; d < depth; d++) {
                dp[j] += g.at(b, tokens[i][0], tokens[i][1], h * depth + d)
                        * WindowAttention.part(qkv, 2, heads, tokens[j], b, h, d);
            }
            mean += p[j] * dp[j];
        }
        for (int j = 0; j < p.length; j++) {
            double ds = p[j] * (dp[j] - mean);
            int entry = in[3].shape().rank() == 2 ? forward().row(i, j) * heads + h
                    : (h * p.length + i) * p.length + j;
            dbias[entry] += ds;
            for (int d = 0; d < depth; d++) {
                int query = position(out[0], tokens[i], b, h * depth + d);
                int key = position(out[0], tokens[j], b, (heads + h) * depth + d);
                int value = position(out[0], tokens[j], b, (2 * heads + h) * depth + d);
                dqkv[query] += ds / Math.sqrt(depth) * WindowAttention.part(qkv, 1, heads, tokens[j], b, h, d);
                dqkv[key] += ds / Math.sqrt(depth) * WindowAttention.part(qkv, 0, heads, tokens[i], b, h, d);
                dqkv[value] += p[j] * g.at(b, tokens[i][0], tokens[i][1], h * depth + d);
            }
        }
    }

    private static int position(Tensor x, int[] token, int b, int channel) {
        return ((b * x.dim(1) + token[0]) * x.dim(2) + token[1]) * x.dim(3) + channel;
    }

    @Override
    public Differentiability differentiability() {
        return Differentiability.REFUSED;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        throw new UnsupportedOperationException("windowAttentionBackward: has no gradient (compose attention of matmul "
                + "and softmax to differentiate twice)");
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                sample(2, 0, 1, 2, 2, 1, 2, true),
                sample(2, 1, 2, 4, 4, 2, 1, true),
                sample(2, 1, 1, 2, 6, 1, 3, true),
                sample(3, 2, 1, 6, 9, 2, 2, true),
                sample(2, 1, 3, 4, 4, 1, 2, false),
                sample(7, 3, 1, 14, 14, 2, 1, true));
    }

    /** The log-sum-exp is near that of scores which lie in −3..3, so that probabilities sum to about one. */
    private static Sample sample(int window, int shift, int b, int height, int width, int h, int d, boolean table) {
        int n = window * window;
        int side = 2 * window - 1;
        return Sample.of(new WindowAttentionBackward(window, shift), Input.real(b, height, width, h * d),
                Input.range(Math.log(n) + 0.5, Math.log(n) + 1.5, b, h, height, width),
                Input.range(-1, 1, b, height, width, 3 * h * d),
                table ? Input.real(side * side, h) : Input.real(h, n, n)).reduces((long) b * height * width);
    }

    @Override
    public List<Refusal> refusals() {
        Tensor qkv = Tensor.zeros(1, 4, 4, 12);
        Tensor g = Tensor.zeros(1, 4, 4, 4);
        Tensor table = Tensor.zeros(9, 2);
        WindowAttentionBackward op = new WindowAttentionBackward(2, 1);
        return List.of(
                new Refusal("windowAttentionBackward: gradient is [1, 4, 4, 12] (need [1, 4, 4, 4])",
                        () -> g.apply(op, List.of(qkv, Tensor.zeros(1, 2, 4, 4), qkv, table))),
                new Refusal("windowAttentionBackward: log-sum-exp is [1, 4, 4, 4] (need [1, 2, 4, 4])",
                        () -> g.apply(op, List.of(g, g, qkv, table))));
    }
}
