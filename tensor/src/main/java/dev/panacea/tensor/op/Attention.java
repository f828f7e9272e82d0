package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Scaled dot product attention. Inputs: query [B, h, N, D], key and value [B, h, M, D], then an optional float bias
 * added to the scores, then an optional U8 mask of the keys each query may see (1 keep, 0 leave out); both broadcast to
 * [B, h, N, M]. A bias of −∞ also leaves a key out. A query that sees no key gets zeros.
 *
 * <p>Outputs: y [B, h, N, D], and the log-sum-exp [B, h, N] of each query's scores (−∞ where it sees no key), from
 * which backward computes the probabilities again: nothing of size N·M is stored.
 *
 * @param scale factor of the scores, usually 1 / √D
 */
public record Attention(double scale) implements Op {
    @Override
    public String formula() {
        return "y_i = Σ_j p_ij · v_j, p_ij = exp(s_ij - l_i), s_ij = scale · q_i·k_j + bias_ij, l_i = log Σ_j exp s_ij";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 3, 5);
        checkOperands(this, in);
        return List.of(in.getFirst(), in.getFirst().with(in.getFirst().shape().without(3)));
    }

    /** What attention and its backward op ask of query, key, value, bias and mask. */
    static void checkOperands(Op op, List<Spec> in) {
        Check.floats(op, in.subList(0, 3));
        Check.rank(op, "query", in.get(0), 4);
        Shape query = in.get(0).shape();
        Shape key = in.get(1).shape();
        if (key.rank() != 4 || !key.with(2, query.dim(2)).equals(query)) {
            throw new ShapeException(op.name() + ": key is " + key + " (need [" + query.dim(0) + ", " + query.dim(1)
                    + ", M, " + query.dim(3) + "] for query " + query + ")");
        }
        Check.shape(op, "value", in.get(2), key);
        if (query.size() == 0 || key.size() == 0) {
            throw new ShapeException(op.name() + ": an axis is empty: query " + query + ", key " + key
                    + " (need sizes >= 1)");
        }
        Shape scores = query.with(3, key.dim(2));
        for (int i = 3; i < in.size(); i++) {
            boolean mask = in.get(i).type() == ElementType.U8 && i == in.size() - 1;
            if (!mask && (i > 3 || in.get(i).type() != in.get(0).type())) {
                throw new ShapeException(op.name() + ": " + (i > 3 ? "mask is " : "bias or mask is ")
                        + in.get(i).type() + " (need " + (i > 3 ? "" : in.get(0).type() + " or ") + "U8)");
            }
            Shape given = in.get(i).shape();
            if (given.rank() > 4 || !Shape.broadcast(op.name(), scores, given).equals(scores)) {
                throw new ShapeException(op.name() + ": " + (mask ? "mask" : "bias") + " is " + given
                        + " (need a shape that broadcasts to " + scores + ")");
            }
        }
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor q = in[0];
        Tensor v = in[2];
        int depth = q.dim(3);
        for (int b = 0; b < q.dim(0); b++) {
            for (int h = 0; h < q.dim(1); h++) {
                for (int i = 0; i < q.dim(2); i++) {
                    double[] s = scores(in, 0, b, h, i, scale);
                    double max = Double.NEGATIVE_INFINITY;
                    for (double score : s) {
                        max = Math.max(max, score);
                    }
                    boolean blind = max == Double.NEGATIVE_INFINITY;
                    double sum = 0;
                    for (int j = 0; j < s.length; j++) {
                        s[j] = blind ? 0 : Math.exp(s[j] - max);
                        sum += s[j];
                    }
                    out[1].set(max + Math.log(sum), b, h, i);
                    for (int d = 0; d < depth; d++) {
                        double y = 0;
                        for (int j = 0; j < s.length; j++) {
                            y += s[j] * v.at(b, h, j, d);
                        }
                        out[0].set(blind ? 0 : y / sum, b, h, i, d);
                    }
                }
            }
        }
    }

    /** The scores of one query; query, key, value, bias and mask are inputs {@code first} and up. */
    static double[] scores(Tensor[] in, int first, int b, int h, int i, double scale) {
        Tensor q = in[first];
        Tensor k = in[first + 1];
        double[] scores = new double[k.dim(2)];
        for (int j = 0; j < scores.length; j++) {
            double dot = 0;
            for (int d = 0; d < q.dim(3); d++) {
                dot += q.at(b, h, i, d) * k.at(b, h, j, d);
            }
            scores[j] = scale * dot;
        }
        for (int extra = first + 3; extra < in.length; extra++) {
            Tensor wide = in[extra].expand(q.dim(0), q.dim(1), q.dim(2), k.dim(2));
            for (int j = 0; j < scores.length; j++) {
                double value = wide.at(b, h, i, j);
                scores[j] += in[extra].type() != ElementType.U8 ? value : value == 0 ? Double.NEGATIVE_INFINITY : 0;
            }
        }
        return scores;
    }

    /** Query, key, value, bias and mask, and the log-sum-exp; not y. */
    @Override
    public boolean savesOutput(int index) {
        return index == 1;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        List<T> inputs = new ArrayList<>(List.of(v.gradient(), v.output(1)));
        for (int i = 0; i < v.inputs(); i++) {
            inputs.add(v.input(i));
        }
        List<T> gradients = new ArrayList<>(v.gradient().apply(new AttentionBackward(scale), inputs));
        while (gradients.size() < v.inputs()) {
            gradients.add(null);
        }
        return gradients;
    }

    @Override
    public List<Sample> samples() {
        Attention half = new Attention(0.5);
        return List.of(
                Sample.of(half, Input.real(1, 1, 3, 2), Input.real(1, 1, 3, 2), Input.real(1, 1, 3, 2)).reduces(5),
                Sample.of(half, Input.real(2, 2, 5, 3), Input.real(2, 2, 7, 3), Input.real(2, 2, 7, 3)).reduces(10),
                Sample.of(half, Input.real(2, 2, 3, 4), Input.real(2, 2, 5, 4), Input.real(2, 2, 5, 4),
                        Input.real(2, 3, 5)).reduces(10),
                Sample.of(half, Input.real(2, 2, 3, 2), Input.real(2, 2, 5, 2), Input.real(2, 2, 5, 2),
                        Input.real(2, 1, 1, 5)).reduces(10),
                Sample.of(half, Input.real(2, 1, 3, 2), Input.real(2, 1, 5, 2), Input.real(2, 1, 5, 2),
                        Input.real(3, 1)).reduces(10),
                Sample.of(half, Input.real(1, 2, 3, 4), Input.real(1, 2, 4, 4), Input.real(1, 2, 4, 4),
                        Input.values(ElementType.U8, Shape.of(3, 4), 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0)).reduces(10),
                Sample.of(half, Input.real(1, 2, 2, 3), Input.real(1, 2, 3, 3), Input.real(1, 2, 3, 3),
                        Input.real(1, 2, 1, 1), Input.values(ElementType.U8, Shape.of(3), 1, 0, 1)).reduces(10),
                Sample.of(new Attention(0.125), Input.real(1, 1, 13, 33), Input.real(1, 1, 37, 33),
                        Input.real(1, 1, 37, 33), Input.real(13, 37)).reduces(70),
                Sample.of(half, Input.real(1, 1, 70, 3), Input.real(1, 1, 9, 3), Input.real(1, 1, 9, 3)).reduces(12));
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(2, 3, 5, 4);
        return List.of(
                new Refusal("attention: query is [5, 4] (need 4 axes)",
                        () -> Tensor.zeros(5, 4).attention(x, x, 1)),
                new Refusal("attention: key is [2, 3, 7, 8] (need [2, 3, M, 4] for query [2, 3, 5, 4])",
                        () -> x.attention(Tensor.zeros(2, 3, 7, 8), x, 1)),
                new Refusal("attention: value is [2, 3, 6, 4] (need [2, 3, 5, 4])",
                        () -> x.attention(x, Tensor.zeros(2, 3, 6, 4), 1)),
                new Refusal("attention: bias is [2, 2, 3, 5, 5] (need a shape that broadcasts to [2, 3, 5, 5])",
                        () -> x.attention(x, x, 1, Tensor.zeros(2, 2, 3, 5, 5))),
                new Refusal("attention: mask is F32 (need U8)",
                        () -> x.attention(x, x, 1, Tensor.zeros(5, 5), Tensor.zeros(5, 5))));
    }
}
