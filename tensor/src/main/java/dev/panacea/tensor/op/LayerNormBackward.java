package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Gradients of {@link LayerNorm}. Inputs are the gradient g [.., K] of its output, x [.., K], gamma [K], mean [..] and
 * rstd [..]; outputs are the gradients of x, gamma and beta.
 */
public record LayerNormBackward() implements UndifferentiatedOp {
    @Override
    public String formula() {
        return "dx = rstd · (g·gamma - avg(g·gamma) - x̂ · avg(g·gamma·x̂)), dgamma = Σ g·x̂, dbeta = Σ g, "
                + "x̂ = (x - mean) · rstd";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 5, 5);
        Check.floats(this, in);
        Spec g = in.getFirst();
        int last = g.shape().axis(name(), -1);
        Shape channels = Shape.of(g.dim(last));
        Check.shape(this, "x", in.get(1), g.shape());
        Check.shape(this, "gamma", in.get(2), channels);
        Check.shape(this, "mean", in.get(3), g.shape().without(last));
        Check.shape(this, "rstd", in.get(4), g.shape().without(last));
        return List.of(g, g.with(channels), g.with(channels));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        int n = in[0].dim(-1);
        double[] dgamma = new double[n];
        double[] dbeta = new double[n];
        for (long row = 0; row < in[3].size(); row++) {
            double mean = in[3].flat(row);
            double rstd = in[4].flat(row);
            double average = 0;
            double projection = 0;
            for (int i = 0; i < n; i++) {
                double g = in[0].flat(row * n + i);
                double normal = (in[1].flat(row * n + i) - mean) * rstd;
                average += g * in[2].flat(i) / n;
                projection += g * in[2].flat(i) * normal / n;
                dgamma[i] += g * normal;
                dbeta[i] += g;
            }
            for (int i = 0; i < n; i++) {
                double normal = (in[1].flat(row * n + i) - mean) * rstd;
                double g = in[0].flat(row * n + i) * in[2].flat(i);
                out[0].flat(row * n + i, rstd * (g - average - normal * projection));
            }
        }
        Axes.write(out[1], dgamma);
        Axes.write(out[2], dbeta);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                sample(3, 5),
                sample(2, 3, 17),
                sample(37),
                sample(4, 197),
                sample(150, 128),
                sample(3, 768),
                sample(140, 130));
    }

    private Sample sample(int... dims) {
        int n = dims[dims.length - 1];
        int[] rows = Arrays.copyOf(dims, dims.length - 1);
        return Sample.of(this, Input.real(dims), Input.real(dims), Input.real(n), Input.range(-0.5, 0.5, rows),
                Input.range(0.5, 2, rows)).reduces(Math.max(n, Shape.of(rows).size()));
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(2, 3);
        return List.of(new Refusal("layerNormBackward: mean is [3] (need [2])", () -> x.apply(this,
                List.of(x, x, Tensor.zeros(3), Tensor.zeros(3), Tensor.zeros(2)))));
    }
}
