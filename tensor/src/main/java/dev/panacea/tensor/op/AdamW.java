package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * One step of Adam with decoupled weight decay (Loshchilov and Hutter 2019) for a list of tensors in one pass, as
 * PyTorch computes it. Inputs are a scale for the gradients, one for all [] or one for each tensor [n], then p, g, m, v
 * of each tensor; outputs are the new p, m, v of each, which may be written over the old ones.
 *
 * @param learningRate how far a step goes
 * @param beta1 how much of m stays
 * @param beta2 how much of v stays
 * @param epsilon added to the root
 * @param weightDecay share of p that is taken away, times the learning rate
 * @param step number of this step, from 1, for the correction of moments that began at zero
 */
public record AdamW(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, long step)
        implements UndifferentiatedOp {
    private static final List<String> GROUP = List.of("parameter", "gradient", "m", "v");

    @Override
    public String formula() {
        return "m' = β₁m + (1 - β₁)g, v' = β₂v + (1 - β₂)g², "
                + "p' = (1 - lr·wd)p - lr · m'/(1 - β₁^t) / (√(v'/(1 - β₂^t)) + ε)";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return TensorList.update(this, in, GROUP);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (int group = 0; group < out.length / 3; group++) {
            for (long i = 0; i < out[3 * group].size(); i++) {
                double g = TensorList.gradient(in, 4, group, i);
                double p = in[4 * group + 1].flat(i) * (1 - learningRate * weightDecay);
                double m = beta1 * in[4 * group + 3].flat(i) + (1 - beta1) * g;
                double v = beta2 * in[4 * group + 4].flat(i) + (1 - beta2) * g * g;
                out[3 * group].flat(i, p - learningRate / correction1() * m / (Math.sqrt(v / correction2()) + epsilon));
                out[3 * group + 1].flat(i, m);
                out[3 * group + 2].flat(i, v);
            }
        }
    }

    /** What m is to be divided by. */
    public double correction1() {
        return 1 - StrictMath.pow(beta1, step);
    }

    /** What v is to be divided by. */
    public double correction2() {
        return 1 - StrictMath.pow(beta2, step);
    }

    @Override
    public boolean inPlace(int output, int input) {
        return TensorList.inPlace(GROUP.size(), output, input);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                sample(this, Input.range(0.2, 1)),
                sample(new AdamW(0.01, 0.8, 0.95, 1e-6, 0.3, 17), Input.range(0.2, 1, TensorList.SAMPLED)),
                sample(new AdamW(0.1, 0.9, 0.999, 1e-8, 0, 1000), Input.range(-1, 1)));
    }

    private static Sample sample(AdamW op, Input scale) {
        return TensorList.sample(op, scale, Input.real(1), Input.real(1), Input.real(1), Input.range(0.05, 2, 1));
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(2);
        return List.of(
                new Refusal("adamW: 4 inputs (need scale and parameter, gradient, m, v for each tensor)",
                        () -> x.apply(this, List.of(x, x, x, x))),
                new Refusal("adamW: gradient of tensor 0 is [3] (need [2])",
                        () -> x.apply(this, List.of(Tensor.zeros(), x, Tensor.zeros(3), x, x))),
                new Refusal("adamW: scale is [2] (need [] or [1])", () -> x.apply(this, List.of(x, x, x, x, x))),
                new Refusal("adamW: output 1 overlaps input 4 in memory (need a tensor of its own)", () -> {
                    Tensor v = Tensor.zeros(2);
                    Tensor.into(this, List.of(Tensor.zeros(), x, Tensor.zeros(2), Tensor.zeros(2), v),
                            List.of(x, v, Tensor.zeros(2)));
                    return v;
                }));
    }
}
