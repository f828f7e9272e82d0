package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * A linear layer: input [.., K], weight [N, K] and, optionally, bias [N] give [.., N]. The weight is read transposed
 * where it lies, and the bias is where the sums start.
 *
 * @param after what follows in the same pass
 */
public record Linear(After after) implements Op {
    /** What is done to the sums before they are let go. */
    public enum After {
        /** Nothing. */
        NOTHING,
        /** Exact GELU; backward, if there is one, computes the layer again. */
        GELU,
        /** Exact GELU; the values before it are a second output, through which a gradient flows too. */
        GELU_KEEPING,
        /** A last input [.., N] is added. */
        ADD
    }

    @Override
    public String formula() {
        return "y[.., n] = Σ_k x[.., k] · w[n, k] + b[n], or GELU of it, or it plus r[.., n]";
    }

    private boolean gelu() {
        return after == After.GELU || after == After.GELU_KEEPING;
    }

    /** Whether there is a bias among {@code inputs} inputs. */
    public boolean biased(int inputs) {
        return inputs - (after == After.ADD ? 1 : 0) == 3;
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        int extra = after == After.ADD ? 1 : 0;
        Check.count(this, in, 2 + extra, 3 + extra);
        Check.floats(this, in);
        Shape x = in.get(0).shape();
        Check.rank(this, "weight", in.get(1), 2);
        Shape weight = in.get(1).shape();
        if (x.rank() == 0 || x.dim(-1) != weight.dim(1)) {
            throw new ShapeException("linear: inner dimensions differ: input " + x + ", weight " + weight
                    + " (need [.., K] and [N, K])");
        }
        if (biased(in.size())) {
            Check.shape(this, "bias", in.get(2), Shape.of(weight.dim(0)));
        }
        Spec y = in.getFirst().with(x.with(-1, weight.dim(0)));
        if (after == After.ADD) {
            Check.shape(this, "what is added", in.getLast(), y.shape());
        }
        return after == After.GELU_KEEPING ? List.of(y, y) : List.of(y);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        int n = in[1].dim(0);
        int k = in[1].dim(1);
        for (long at = 0; at < out[0].size(); at++) {
            int column = (int) (at % n);
            long row = at / n;
            double sum = biased(in.length) ? in[2].flat(column) : 0;
            for (int i = 0; i < k; i++) {
                sum += in[0].flat(row * k + i) * in[1].flat((long) column * k + i);
            }
            if (after == After.ADD) {
                sum += in[in.length - 1].flat(at);
            }
            out[0].flat(at, gelu() ? GeluMath.exact(sum) : sum);
            if (after == After.GELU_KEEPING) {
                out[1].flat(at, sum);
            }
        }
    }

    @Override
    public boolean savesInput(int index) {
        return index < 2 || index == 2 && after == After.GELU;
    }

    @Override
    public boolean savesOutput(int index) {
        return index == 1;
    }

    @Override
    public boolean recomputes(int output) {
        return after == After.GELU_KEEPING && output == 0;
    }

    @Override
    public Tensor recompute(int output, Vjp<Tensor> saved) {
        return saved.output(1).gelu();
    }

    @Override
    public boolean carriesGradient(int output) {
        return output <= 1;
    }

    /** With g behind GELU and rows as matrices: dX = g·W, dW = gᵀ·X, db = the sum of g's rows. */
    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T g = gelu() ? beforeGelu(v) : v.gradient();
        T rows = g.reshape(MatMul.rows(g.spec().shape()));
        T byInput = v.needs(0) ? g.matmul(v.input(1)) : null;
        T byWeight = v.needs(1)
                ? rows.transpose(0, 1).matmul(v.input(0).reshape(MatMul.rows(v.spec(0).shape())))
                : null;
        List<T> gradients = new ArrayList<>(Vjp.of(byInput, byWeight));
        if (biased(v.inputs())) {
            gradients.add(v.needs(2) ? rows.sum(false, 0) : null);
        }
        if (after == After.ADD) {
            gradients.add(g);
        }
        return gradients;
    }

    private <T extends TensorOps<T>> T beforeGelu(Vjp<T> v) {
        T afterwards = v.gradient(0);
        if (after == After.GELU) {
            T sums = v.input(0).linear(v.input(1), v.inputs() == 3 ? v.input(2) : null);
            return afterwards.apply(new GeluBackward(false), List.of(afterwards, sums)).getFirst();
        }
        T before = v.gradient(1);
        if (afterwards == null) {
            return before;
        }
        T g = afterwards.apply(new GeluBackward(false), List.of(afterwards, v.output(1))).getFirst();
        return before == null ? g : g.add(before);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                sample(Input.real(3, 5), Input.real(2, 5), Input.real(2)),
                gelu(Input.real(3, 5), Input.real(2, 5), Input.real(2)),
                gelu(Input.real(2, 5, 16), Input.real(49, 16), Input.real(49)),
                gelu(Input.real(2, 3, 9), Input.real(17, 9)),
                gelu(Input.real(2, 0), Input.real(3, 0), Input.real(3)),
                of(After.GELU, Input.real(3, 5), Input.real(2, 5), Input.real(2)),
                of(After.GELU, Input.real(2, 3, 9), Input.real(81, 9)),
                of(After.ADD, Input.real(3, 5), Input.real(2, 5), Input.real(2), Input.real(3, 2)),
                of(After.ADD, Input.real(2, 3, 9), Input.real(17, 9), Input.real(2, 3, 17)),
                of(After.ADD, Input.real(2, 2, 5, 330), Input.real(81, 330), Input.real(81), Input.real(2, 2, 5, 81)),
                sample(Input.real(7), Input.real(3, 7), Input.real(3)),
                sample(Input.real(2, 3, 9), Input.real(17, 9)),
                sample(Input.real(1, 33), Input.real(130, 33), Input.real(130)),
                sample(Input.real(2, 2, 5, 16), Input.real(49, 16), Input.real(49)),
                sample(Input.real(3, 0), Input.real(4, 0), Input.real(4)),
                sample(Input.real(0, 3), Input.real(4, 3), Input.real(4)),
                sample(Input.real(2, 330), Input.real(3, 330), Input.real(3)),
                sample(Input.real(21, 37), Input.real(81, 37), Input.real(81)));
    }

    private static Sample gelu(Input... inputs) {
        return of(After.GELU_KEEPING, inputs);
    }

    private static Sample sample(Input... inputs) {
        return of(After.NOTHING, inputs);
    }

    private static Sample of(After after, Input... inputs) {
        return Sample.of(new Linear(after), inputs).reduces(2 + inputs[0].shape().dim(-1));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("linear: inner dimensions differ: input [8, 768], weight [512, 700] "
                        + "(need [.., K] and [N, K])", () -> Tensor.zeros(8, 768).linear(Tensor.zeros(512, 700), null)),
                new Refusal("linear: weight is [768] (need 2 axes)",
                        () -> Tensor.zeros(8, 768).linear(Tensor.zeros(768), null)),
                new Refusal("linear: bias is [3] (need [4])",
                        () -> Tensor.zeros(8, 5).linear(Tensor.zeros(4, 5), Tensor.zeros(3))),
                new Refusal("linear: what is added is [8, 5] (need [8, 4])",
                        () -> Tensor.zeros(8, 5).linearAdd(Tensor.zeros(4, 5), null, Tensor.zeros(8, 5))));
    }
}
