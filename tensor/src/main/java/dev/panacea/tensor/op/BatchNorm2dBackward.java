package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Gradients of {@link BatchNorm2d}. Inputs are the gradient g [B, C, H, W] of its output, x [B, C, H, W], and gamma,
 * mean and variance, [C] each; outputs are the gradients of x, gamma and beta, and in evaluation of mean and variance.
 *
 * @param epsilon added to the variance
 * @param training whether mean and variance are those of x itself, so that x acts through them too
 */
public record BatchNorm2dBackward(double epsilon, boolean training) implements UndifferentiatedOp {
    @Override
    public String formula() {
        return "dx = gamma·rstd · (g - dbeta/n - x̂·dgamma/n) in training, gamma·rstd·g in evaluation; "
                + "dgamma = Σ g·x̂, dbeta = Σ g, x̂ = (x - mean)·rstd";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 5, 5);
        Check.floats(this, in);
        Spec g = in.getFirst();
        Check.rank(this, "gradient", g, 4);
        Shape channels = Shape.of(g.dim(1));
        Check.shape(this, "x", in.get(1), g.shape());
        Check.shape(this, "gamma", in.get(2), channels);
        Check.shape(this, "mean", in.get(3), channels);
        Check.shape(this, "variance", in.get(4), channels);
        List<Spec> out = new ArrayList<>(List.of(g));
        out.addAll(Collections.nCopies(training ? 2 : 4, g.with(channels)));
        return out;
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor g = in[0].transpose(0, 1);
        Tensor x = in[1].transpose(0, 1);
        Tensor dx = out[0].transpose(0, 1);
        long n = g.size() / Math.max(1, g.dim(0));
        for (int channel = 0; channel < g.dim(0); channel++) {
            double mean = in[3].flat(channel);
            double rstd = 1 / Math.sqrt(in[4].flat(channel) + epsilon);
            double scale = in[2].flat(channel) * rstd;
            double dgamma = 0;
            double dbeta = 0;
            for (long i = channel * n; i < (channel + 1) * n; i++) {
                dgamma += g.flat(i) * (x.flat(i) - mean) * rstd;
                dbeta += g.flat(i);
            }
            for (long i = channel * n; i < (channel + 1) * n; i++) {
                double through = training ? (dbeta + (x.flat(i) - mean) * rstd * dgamma) / n : 0;
                dx.flat(i, scale * (g.flat(i) - through));
            }
            out[1].flat(channel, dgamma);
            out[2].flat(channel, dbeta);
            if (!training) {
                out[3].flat(channel, -scale * dbeta);
                out[4].flat(channel, -0.5 * scale * rstd * dgamma);
            }
        }
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                sample(true, 2, 3, 4, 5),
                sample(true, 3, 2, 7, 5),
                sample(true, 4, 5, 1, 1),
                sample(true, 1, 2, 65, 67),
                sample(false, 2, 3, 4, 5),
                sample(false, 1, 2, 13, 19));
    }

    private static Sample sample(boolean training, int... dims) {
        int channels = dims[1];
        return Sample.of(new BatchNorm2dBackward(1e-5, training), Input.real(dims), Input.real(dims),
                Input.real(channels), Input.range(-0.5, 0.5, channels), Input.range(0.5, 2, channels))
                .reduces(dims[0] * dims[2] * dims[3]);
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(2, 3, 4, 4);
        Tensor c = Tensor.zeros(3);
        return List.of(new Refusal("batchNorm2dBackward: variance is [2] (need [3])",
                () -> x.apply(this, List.of(x, x, c, c, Tensor.zeros(2)))));
    }
}
