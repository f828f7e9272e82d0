package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Batch normalisation of x [B, C, H, W] with scale gamma [C] and shift beta [C].
 *
 * <p>With three inputs (training) each channel is normalised by its own mean and variance over B, H and W, which are
 * also outputs, [C] each; the variance divides by n, so running moments that follow PyTorch take variance · n / (n -
 * 1). With five inputs (evaluation) the mean [C] and variance [C] to use are given, and y is the only output.
 *
 * @param epsilon added to the variance
 */
public record BatchNorm2d(double epsilon) implements Op {
    @Override
    public String formula() {
        return "y = (x - mean) / √(variance + epsilon) · gamma + beta";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 3, 5);
        if (in.size() == 4) {
            throw new ShapeException("batchNorm2d: 4 inputs (need 3 in training, 5 in evaluation)");
        }
        Check.floats(this, in);
        Spec x = in.getFirst();
        Check.rank(this, "x", x, 4);
        Shape channels = Shape.of(x.dim(1));
        Check.shape(this, "gamma", in.get(1), channels);
        Check.shape(this, "beta", in.get(2), channels);
        if (in.size() == 5) {
            Check.shape(this, "mean", in.get(3), channels);
            Check.shape(this, "variance", in.get(4), channels);
            return List.of(x);
        }
        if (x.shape().size() == 0) {
            throw new ShapeException("batchNorm2d: x is empty: " + x.shape() + " (need elements to take moments of)");
        }
        return List.of(x, x.with(channels), x.with(channels));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor x = in[0].transpose(0, 1);
        Tensor y = out[0].transpose(0, 1);
        long n = x.size() / Math.max(1, x.dim(0));
        for (int channel = 0; channel < x.dim(0); channel++) {
            double mean = 0;
            double variance = 0;
            if (in.length == 5) {
                mean = in[3].flat(channel);
                variance = in[4].flat(channel);
            } else {
                for (long i = 0; i < n; i++) {
                    mean += x.flat(channel * n + i) / n;
                }
                for (long i = 0; i < n; i++) {
                    double d = x.flat(channel * n + i) - mean;
                    variance += d * d / n;
                }
                out[1].flat(channel, mean);
                out[2].flat(channel, variance);
            }
            double scale = in[1].flat(channel) / Math.sqrt(variance + epsilon);
            for (long i = 0; i < n; i++) {
                y.flat(channel * n + i, (x.flat(channel * n + i) - mean) * scale + in[2].flat(channel));
            }
        }
    }

    @Override
    public boolean savesInput(int index) {
        return index != 2;
    }

    @Override
    public boolean savesOutput(int index) {
        return index > 0;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        boolean training = v.inputs() == 3;
        return v.gradient().apply(new BatchNorm2dBackward(epsilon, training), List.of(v.gradient(), v.input(0),
                v.input(1), training ? v.output(1) : v.input(3), training ? v.output(2) : v.input(4)));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                training(2, 3, 4, 5),
                training(3, 2, 7, 5),
                training(4, 5, 1, 1),
                training(2, 2, 17, 19),
                evaluation(2, 3, 4, 5),
                evaluation(3, 4, 1, 1),
                evaluation(1, 2, 13, 19));
    }

    private Sample training(int... dims) {
        return Sample.of(this, Input.real(dims), Input.real(dims[1]), Input.real(dims[1]))
                .reduces(dims[0] * dims[2] * dims[3]);
    }

    private Sample evaluation(int... dims) {
        return Sample.of(this, Input.real(dims), Input.real(dims[1]), Input.real(dims[1]), Input.real(dims[1]),
                Input.range(0.5, 2, dims[1])).reduces(dims[0] * dims[2] * dims[3]);
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(2, 3, 4, 4);
        Tensor c = Tensor.zeros(3);
        return List.of(
                new Refusal("batchNorm2d: x is [2, 3] (need 4 axes)",
                        () -> Tensor.zeros(2, 3).batchNorm2d(c, c, epsilon)),
                new Refusal("batchNorm2d: gamma is [4] (need [3])",
                        () -> x.batchNorm2d(Tensor.zeros(4), c, epsilon)),
                new Refusal("batchNorm2d: 4 inputs (need 3 in training, 5 in evaluation)",
                        () -> x.apply(this, List.of(x, c, c, c))),
                new Refusal("batchNorm2d: x is empty: [0, 3, 4, 4] (need elements to take moments of)",
                        () -> Tensor.zeros(0, 3, 4, 4).batchNorm2d(c, c, epsilon)));
    }
}
