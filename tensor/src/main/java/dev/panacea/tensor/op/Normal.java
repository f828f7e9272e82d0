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
 * Normally distributed random numbers. Each element is a function of its position alone.
 *
 * @param shape the result's shape
 * @param mean their mean
 * @param deviation their standard deviation
 * @param random where the numbers come from
 */
public record Normal(Shape shape, double mean, double deviation, RandomSource random) implements Op {
    @Override
    public String formula() {
        return "y_i = mean + deviation · Φ^-1(u_i), u = 31 random bits and a sign";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 0, 0);
        if (!(deviation >= 0) || Double.isInfinite(deviation)) {
            throw new ShapeException("normal: deviation is " + deviation + " (need a finite number >= 0)");
        }
        return List.of(new Spec(shape, ElementType.F32));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (long i = 0; i < out[0].size(); i++) {
            int bits = random.bits(i);
            double z = NormalDistribution.exceededWith(((bits >>> 1) + 0.5) * 0x1p-32);
            out[0].flat(i, mean + deviation * ((bits & 1) == 0 ? z : -z));
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
                Sample.of(new Normal(Shape.of(7), 0, 1, source)),
                Sample.of(new Normal(Shape.of(3, 5, 17), -2, 0.02, source)),
                Sample.of(new Normal(Shape.of(83, 257), 0, 1, source)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("normal: deviation is -1.0 (need a finite number >= 0)",
                () -> random.normal(0, -1, 3)));
    }
}
