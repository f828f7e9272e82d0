package dev.panacea.tensor.op;

import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Sets whole samples (indices of the first axis) to 0 at random and scales the others up, so that the expected value
 * stays: stochastic depth. Which samples, is a function of their positions alone; the gradient drops the same.
 *
 * @param rate the chance of becoming 0, below 1
 * @param random where the choice comes from
 */
public record DropPath(double rate, RandomSource random) implements Op {
    @Override
    public String formula() {
        return "y_b = x_b / (1 - rate) where u_b >= rate, else 0";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        if (!(rate >= 0 && rate < 1)) {
            throw new ShapeException("dropPath: rate is " + rate + " (need 0 <= rate < 1)");
        }
        if (in.getFirst().rank() == 0) {
            throw new ShapeException("dropPath: input is a scalar (need [B, ..])");
        }
        return Elementwise.shapes(this, in);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        int batch = in[0].dim(0);
        long each = in[0].size() / Math.max(1, batch);
        for (long i = 0; i < out[0].size(); i++) {
            out[0].flat(i, in[0].flat(i) * factor(i / each));
        }
    }

    /** What sample {@code index} is multiplied by. */
    public double factor(long index) {
        return random.uniform(index) < rate ? 0 : 1 / (1 - rate);
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
                Sample.of(new DropPath(0.5, source), Input.real(7)),
                Sample.of(new DropPath(0.3, source), Input.real(9, 5, 17)),
                Sample.of(new DropPath(0.3, source), Input.real(0, 5)),
                Sample.of(new DropPath(0.25, source), Input.real(83, 257)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("dropPath: rate is 1.0 (need 0 <= rate < 1)",
                () -> Tensor.zeros(2, 3).dropPath(1, random)),
                new Refusal("dropPath: input is a scalar (need [B, ..])",
                        () -> Tensor.scalar(1).dropPath(0.5, random)));
    }
}
