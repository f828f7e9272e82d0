package dev.panacea.tensor.op;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * One step of gradient descent with momentum for a list of tensors in one pass, as PyTorch computes it: the weight
 * decay is part of the gradient. Inputs are a scale for the gradients, one for all [] or one for each tensor [n], then
 * p, g and the velocity m of each tensor, zeros at first; outputs are the new p, m of each, which may be written over
 * the old ones.
 *
 * @param learningRate how far a step goes
 * @param momentum how much of m stays
 * @param weightDecay share of p that is added to the gradient
 * @param nesterov whether a step looks ahead along the new velocity
 */
public record Sgd(double learningRate, double momentum, double weightDecay, boolean nesterov)
        implements UndifferentiatedOp {
    private static final List<String> GROUP = List.of("parameter", "gradient", "m");

    @Override
    public String formula() {
        return "d = g + wd·p, m' = μm + d, p' = p - lr·m', or with Nesterov p - lr(d + μm')";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return TensorList.update(this, in, GROUP);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (int group = 0; group < out.length / 2; group++) {
            for (long i = 0; i < out[2 * group].size(); i++) {
                double p = in[3 * group + 1].flat(i);
                double d = TensorList.gradient(in, 3, group, i) + weightDecay * p;
                double m = momentum * in[3 * group + 3].flat(i) + d;
                out[2 * group].flat(i, p - learningRate * (nesterov ? d + momentum * m : m));
                out[2 * group + 1].flat(i, m);
            }
        }
    }

    @Override
    public boolean inPlace(int output, int input) {
        return TensorList.inPlace(GROUP.size(), output, input);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                TensorList.sample(this, Input.range(0.2, 1), Input.real(1), Input.real(1), Input.real(1)),
                TensorList.sample(new Sgd(0.1, 0.8, 0.2, true), Input.range(0.2, 1, TensorList.SAMPLED), Input.real(1),
                        Input.real(1), Input.real(1)),
                TensorList.sample(new Sgd(0.1, 0, 0, false), Input.range(0.2, 1), Input.real(1), Input.real(1),
                        Input.real(1)));
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(2);
        return List.of(
                new Refusal("sgd: 3 inputs (need scale and parameter, gradient, m for each tensor)",
                        () -> x.apply(this, List.of(x, x, x))),
                new Refusal("sgd: m of tensor 0 is [3] (need [2])",
                        () -> x.apply(this, List.of(Tensor.zeros(), x, x, Tensor.zeros(3)))));
    }
}
