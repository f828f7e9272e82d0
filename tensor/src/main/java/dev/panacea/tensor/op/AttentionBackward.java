package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gradient of {@link Attention}. Inputs: the gradient g of y [B, h, N, D], the log-sum-exp l [B, h, N], then the inputs
 * of attention. Outputs: dq, dk, dv, and dbias (summed to the bias's own shape) where there is a bias. Probabilities
 * are computed again from l.
 *
 * @param scale factor of the scores
 */
public record AttentionBackward(double scale) implements Op {
    @Override
    public String formula() {
        return "dv_j = Σ_i p_ij · g_i, ds_ij = p_ij · (g_i·v_j - Σ_m p_im · g_i·v_m), dq_i = scale · Σ_j ds_ij · k_j, "
                + "dk_j = scale · Σ_i ds_ij · q_i, dbias = Σ ds";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 5, 7);
        Attention.checkOperands(this, in.subList(2, in.size()));
        Check.floats(this, in.subList(0, 3));
        Check.shape(this, "gradient", in.get(0), in.get(2).shape());
        Check.shape(this, "log-sum-exp", in.get(1), in.get(2).shape().without(3));
        List<Spec> out = new ArrayList<>(in.subList(2, 5));
        if (in.size() > 5 && in.get(5).type() != ElementType.U8) {
            out.add(in.get(5));
        }
        return out;
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor g = in[0];
        Tensor q = in[2];
        Tensor k = in[3];
        Tensor v = in[4];
        int keys = k.dim(2);
        int depth = q.dim(3);
        double[][] sums = new double[out.length][];
        for (int i = 0; i < out.length; i++) {
            sums[i] = new double[(int) out[i].size()];
        }
        Tensor wide = out.length < 4 ? null : out[3].expand(q.dim(0), q.dim(1), q.dim(2), keys);
        for (int b = 0; b < q.dim(0); b++) {
            for (int h = 0; h < q.dim(1); h++) {
                for (int i = 0; i < q.dim(2); i++) {
                    double logSumExp = in[1].at(b, h, i);
                    double[] p = Attention.scores(in, 2, b, h, i, scale);
                    double[] dp = new double[keys];
                    double mean = 0;
                    for (int j = 0; j < keys; j++) {
                        p[j] = logSumExp == Double.NEGATIVE_INFINITY ? 0 : Math.exp(p[j] - logSumExp);
                        for (int d = 0; d < depth; d++) {
                            dp[j] += g.at(b, h, i, d) * v.at(b, h, j, d);
                        }
                        mean += p[j] * dp[j];
                    }
                    for (int j = 0; j < keys; j++) {
                        double ds = p[j] * (dp[j] - mean);
                        for (int d = 0; d < depth; d++) {
                            int ofQuery = (int) out[0].layout().position(b, h, i, d);
                            int ofKey = (int) out[1].layout().position(b, h, j, d);
                            sums[0][ofQuery] += scale * ds * k.at(b, h, j, d);
                            sums[1][ofKey] += scale * ds * q.at(b, h, i, d);
                            sums[2][ofKey] += p[j] * g.at(b, h, i, d);
                        }
                        if (wide != null) {
                            sums[3][(int) wide.layout().position(b, h, i, j)] += ds;
                        }
                    }
                }
            }
        }
        for (int i = 0; i < out.length; i++) {
            for (int at = 0; at < sums[i].length; at++) {
                out[i].flat(at, sums[i][at]);
            }
        }
    }

    @Override
    public Differentiability differentiability() {
        return Differentiability.REFUSED;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        throw new UnsupportedOperationException("attentionBackward: has no gradient (compose attention of matmul and "
                + "softmax to differentiate twice)");
    }

    @Override
    public List<Sample> samples() {
        Input mask = Input.values(ElementType.U8, Shape.of(3, 4), 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1);
        return List.of(
                sample(0.5, 1, 1, 3, 3, 2),
                sample(0.5, 2, 2, 5, 7, 3),
                sample(0.5, 2, 2, 3, 5, 4, Input.real(2, 3, 5)),
                sample(0.5, 2, 2, 3, 5, 2, Input.real(2, 1, 1, 5)),
                sample(0.5, 3, 2, 3, 5, 2, Input.real(3, 1)),
                sample(0.5, 2, 2, 3, 4, 3, Input.real(2, 2, 3, 4), mask),
                sample(0.5, 1, 2, 3, 4, 3, mask),
                sample(0.125, 1, 1, 13, 37, 33, Input.real(13, 37)),
                sample(0.2, 1, 1, 70, 9, 3));
    }

    /** The log-sum-exp is near that of scores which lie in −3..3, so that probabilities sum to about one. */
    private static Sample sample(double scale, int b, int h, int n, int m, int d, Input... extra) {
        List<Input> inputs = new ArrayList<>(List.of(Input.real(b, h, n, d),
                Input.range(Math.log(m) + 0.5, Math.log(m) + 1.5, b, h, n), Input.range(-1, 1, b, h, n, d),
                Input.range(-1, 1, b, h, m, d), Input.real(b, h, m, d)));
        inputs.addAll(Arrays.asList(extra));
        return new Sample(new AttentionBackward(scale), inputs, 1e-5, n + m + d);
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(2, 3, 5, 4);
        Tensor l = Tensor.zeros(2, 3, 5);
        return List.of(
                new Refusal("attentionBackward: gradient is [2, 3, 6, 4] (need [2, 3, 5, 4])",
                        () -> x.apply(new AttentionBackward(1), List.of(Tensor.zeros(2, 3, 6, 4), l, x, x, x))),
                new Refusal("attentionBackward: log-sum-exp is [2, 3, 6] (need [2, 3, 5])",
                        () -> x.apply(new AttentionBackward(1), List.of(x, Tensor.zeros(2, 3, 6), x, x, x))));
    }
}
