package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * One step of Lion (Chen et al. 2023) for a list of tensors in one pass: only the sign of the smoothed gradient counts.
 * Inputs are a scale for the gradients, one for all [] or one for each tensor [n], then p, g, m of each tensor; outputs
 * are the new p, m of each, which may be written over the old ones.
 *
 * @param learningRate how far a step goes
 * @param beta1 how much of m is in the direction of the step
 * @param beta2 how much of m stays
 * @param weightDecay share of p that is taken away, times the learning rate
 */
public record Lion(double learningRate, double beta1, double beta2, double weightDecay) implements UndifferentiatedOp {
    private static final List<String> GROUP = List.of("parameter", "gradient", "m");

    @Override
    public String formula() {
        return "p' = (1 - lr·wd)p - lr · sign(β₁m + (1 - β₁)g), m' = β₂m + (1 - β₂)g";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        return TensorList.update(this, in, GROUP);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (int group = 0; group < out.length / 2; group++) {
            for (long i = 0; i < out[2 * group].size(); i++) {
                double g = TensorList.gradient(in, 3, group, i);
                double m = in[3 * group + 3].flat(i);
                out[2 * group].flat(i, in[3 * group + 1].flat(i) * (1 - learningRate * weightDecay)
                        - learningRate * Math.signum(beta1 * m + (1 - beta1) * g));
                out[2 * group + 1].flat(i, beta2 * m + (1 - beta2) * g);
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
                TensorList.sample(new Lion(0.1, 0.8, 0.95, 0.2), Input.range(0.2, 1, TensorList.SAMPLED), Input.real(1),
                        Input.real(1), Input.real(1)),
                Sample.of(this, Input.real(), Input.real(3), Input.values(ElementType.F32, Shape.of(3), 0, 0, 1),
                        Input.values(ElementType.F32, Shape.of(3), 0, -0.0, -1)));
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(2);
        return List.of(
                new Refusal("lion: 3 inputs (need scale and parameter, gradient, m for each tensor)",
                        () -> x.apply(this, List.of(x, x, x))),
                new Refusal("lion: m of tensor 0 is [3] (need [2])",
                        () -> x.apply(this, List.of(Tensor.zeros(), x, x, Tensor.zeros(3)))));
    }
}
