package dev.panacea.tensor.op;

import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Sets elements to 0 at random and scales the others up, so that the expected value stays. Which elements, is a
 * function of their positions alone; the gradient drops the same.
 *
 * @param rate the chance of becoming 0, below 1
 * @param random where the choice comes from
 */
public record Dropout(double rate, RandomSource random) implements Op {
    @Override
    public String formula() {
        return "y_i = x_i / (1 - rate) where u_i >= rate, else 0";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        if (!(rate >= 0 && rate < 1)) {
            throw new ShapeException("dropout: rate is " + rate + " (need 0 <= rate < 1)");
        }
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (long i = 0; i < out[0].size(); i++) {
            out[0].flat(i, in[0].flat(i) * (random.uniform(i) < rate ? 0 : 1 / (1 - rate)));
        }
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return v.gradient().apply(this, List.of(v.gradient()));
    }

    @Override
    public List<Sample> samples() {
        RandomSource source = RandomSource.of(11).child(5);
        return List.of(
                Sample.of(new Dropout(0.5, source), Input.real(7)),
                Sample.of(new Dropout(0.1, source), Input.real(3, 5, 17)),
                Sample.of(new Dropout(0, source), Input.real(3, 5)),
                Sample.of(new Dropout(0.25, source), Input.real(83, 257)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("dropout: rate is 1.0 (need 0 <= rate < 1)",
                () -> Tensor.zeros(2, 3).dropout(1, random)));
    }
}
