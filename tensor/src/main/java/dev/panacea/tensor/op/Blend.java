package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Weighted sums of pairs of tensors, for a list of pairs in one pass: the moving average of a model's parameters, or
 * sums of gradients. Inputs are t, s of each pair; outputs are the new t of each, which may be written over the old
 * ones.
 *
 * @param keep weight of t; 0 means that t is not read, so that its memory may be undefined
 * @param add weight of s
 */
public record Blend(double keep, double add) implements UndifferentiatedOp {
    private static final List<String> GROUP = List.of("t", "s");

    @Override
    public String formula() {
        return "t' = keep·t + add·s";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        int pairs = TensorList.groups(this, in, 0, GROUP);
        return IntStream.range(0, pairs).mapToObj(pair -> in.get(2 * pair)).toList();
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (int pair = 0; pair < out.length; pair++) {
            for (long i = 0; i < out[pair].size(); i++) {
                double sum = add * in[2 * pair + 1].flat(i);
                out[pair].flat(i, keep == 0 ? sum : keep * in[2 * pair].flat(i) + sum);
            }
        }
    }

    /** Weights of the exponential moving average: {@code momentum} and the rest. */
    public static Blend average(double momentum) {
        return new Blend(momentum, 1 - momentum);
    }

    @Override
    public boolean inPlace(int output, int input) {
        return input == 2 * output;
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                TensorList.sample(this, null, Input.real(1), Input.real(1)),
                TensorList.sample(new Blend(1, -0.25), null, Input.real(1), Input.real(1)),
                Sample.of(new Blend(0, 0.5), Input.values(ElementType.F32, Shape.of(3), Double.NaN, 1, 2),
                        Input.real(3)));
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(2);
        return List.of(
                new Refusal("blend: 3 inputs (need t, s for each tensor)", () -> x.apply(this, List.of(x, x, x))),
                new Refusal("blend: s of tensor 0 is [3] (need [2])",
                        () -> x.apply(this, List.of(x, Tensor.zeros(3)))));
    }
}
