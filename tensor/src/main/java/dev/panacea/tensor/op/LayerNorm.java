package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Layer normalisation over the last axis. Inputs are x [.., K], the scale gamma [K] and the shift beta [K]; outputs are
 * y [.., K], and for backward the mean [..] and rstd [..], the reciprocal standard deviation.
 *
 * @param epsilon added to the variance
 */
public record LayerNorm(double epsilon) implements Op {
    @Override
    public String formula() {
        return "y = (x - mean) · rstd · gamma + beta, rstd = 1 / √(variance + epsilon)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 3, 3);
        Check.floats(this, in);
        Spec x = in.getFirst();
        int last = x.shape().axis(name(), -1);
        if (x.dim(last) == 0) {
            throw new ShapeException("layerNorm: last axis is empty: " + x.shape() + " (need at least one element)");
        }
        Shape channels = Shape.of(x.dim(last));
        Check.shape(this, "gamma", in.get(1), channels);
        Check.shape(this, "beta", in.get(2), channels);
        Spec statistic = x.with(x.shape().without(last));
        return List.of(x, statistic, statistic);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor x = in[0];
        int n = x.dim(-1);
        for (long row = 0; row < out[1].size(); row++) {
            double mean = 0;
            for (int i = 0; i < n; i++) {
                mean += x.flat(row * n + i) / n;
            }
            double variance = 0;
            for (int i = 0; i < n; i++) {
                double d = x.flat(row * n + i) - mean;
                variance += d * d / n;
            }
            double rstd = 1 / Math.sqrt(variance + epsilon);
            for (int i = 0; i < n; i++) {
                out[0].flat(row * n + i, (x.flat(row * n + i) - mean) * rstd * in[1].flat(i) + in[2].flat(i));
            }
            out[1].flat(row, mean);
            out[2].flat(row, rstd);
        }
    }

    @Override
    public boolean savesOutput(int index) {
        return index > 0;
    }

    @Override
    public boolean recomputes(int output) {
        return output == 0;
    }

    @Override
    public Tensor recompute(int output, Vjp<Tensor> saved) {
        return saved.input(0).layerNorm(saved.input(1), saved.input(2), epsilon);
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return v.gradient().apply(new LayerNormBackward(),
                List.of(v.gradient(), v.input(0), v.input(1), v.output(1), v.output(2)));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                sample(3, 5),
                sample(2, 3, 17),
                sample(37),
                Sample.of(this, Input.range(6, 9, 5, 96), Input.real(96), Input.real(96)).reduces(96)
                        .tolerance(1e-4), // the mean is 8 times the deviation: that much is lost in x - mean
                sample(4, 197),
                sample(9, 128),
                sample(3, 768),
                sample(41, 130));
    }

    private Sample sample(int... dims) {
        int n = dims[dims.length - 1];
        return Sample.of(this, Input.real(dims), Input.real(n), Input.real(n)).reduces(n);
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("layerNorm: gamma is [4] (need [3])",
                        () -> Tensor.zeros(2, 3).layerNorm(Tensor.zeros(4), Tensor.zeros(3), epsilon)),
                new Refusal("layerNorm: beta is [2, 3] (need [3])",
                        () -> Tensor.zeros(2, 3).layerNorm(Tensor.zeros(3), Tensor.zeros(2, 3), epsilon)),
                new Refusal("layerNorm: last axis is empty: [2, 0] (need at least one element)",
                        () -> Tensor.zeros(2, 0).layerNorm(Tensor.zeros(0), Tensor.zeros(0), epsilon)));
    }
}
