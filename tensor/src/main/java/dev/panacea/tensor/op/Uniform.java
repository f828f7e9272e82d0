package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Random numbers, evenly spread over a range. Each element is a function of its position alone.
 *
 * @param shape the result's shape
 * @param low the least value
 * @param high the upper end
 * @param random where the numbers come from
 */
public record Uniform(Shape shape, double low, double high, RandomSource random) implements Op {
    @Override
    public String formula() {
        return "y_i = low + u_i · (high - low), u = 24 random bits / 2^24";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 0, 0);
        if (!(low <= high) || Double.isInfinite(high - low)) {
            throw new ShapeException("uniform: not a range: " + low + ".." + high + " (need low <= high, both finite)");
        }
        return List.of(new Spec(shape, ElementType.F32));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (long i = 0; i < out[0].size(); i++) {
            out[0].flat(i, low + random.uniform(i) * (high - low));
        }
    }

    @Override
    public Differentiability differentiability() {
        return Differentiability.CONSTANT;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return List.of();
    }

    @Override
    public List<Sample> samples() {
        RandomSource source = RandomSource.of(7).child(3);
        return List.of(
                Sample.of(new Uniform(Shape.of(7), 0, 1, source)),
                Sample.of(new Uniform(Shape.of(3, 5, 17), -2, 3, source)),
                Sample.of(new Uniform(Shape.of(0, 3), 0, 1, source)),
                Sample.of(new Uniform(Shape.of(83, 257), 0, 1, source)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("uniform: not a range: 1.0..0.0 (need low <= high, both finite)",
                () -> random.uniform(1, 0, 3)));
    }
}
