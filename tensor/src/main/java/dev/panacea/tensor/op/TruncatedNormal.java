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
 * Normally distributed random numbers, those outside a range drawn again (in effect: the distribution inside the range
 * is inverted). Each element is a function of its position alone.
 *
 * @param shape the result's shape
 * @param mean the mean before truncation
 * @param deviation the standard deviation before truncation
 * @param low the least value
 * @param high the largest value
 * @param random where the numbers come from
 */
public record TruncatedNormal(Shape shape, double mean, double deviation, double low, double high, RandomSource random)
        implements Op {
    @Override
    public String formula() {
        return "y_i = mean + deviation · Φ^-1(a + u_i · (b - a)), a and b = Φ at low and high";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 0, 0);
        if (!(deviation > 0) || Double.isInfinite(deviation)) {
            throw new ShapeException("truncatedNormal: deviation is " + deviation + " (need a finite number > 0)");
        }
        if (!(low < high)) {
            throw new ShapeException("truncatedNormal: empty range: " + low + ".." + high + " (need low < high)");
        }
        return List.of(new Spec(shape, ElementType.F32));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        for (long i = 0; i < out[0].size(); i++) {
            double p = probability(random.bits(i));
            double z = NormalDistribution.exceededWith(Math.min(p, 1 - p));
            out[0].flat(i, Math.clamp(mean + deviation * (p < 0.5 ? -z : z), low, high));
        }
    }

    /** The probability of a smaller value, from 32 random bits. */
    public double probability(int bits) {
        double a = NormalDistribution.below((low - mean) / deviation);
        double b = NormalDistribution.below((high - mean) / deviation);
        return a + (Integer.toUnsignedLong(bits) + 0.5) * 0x1p-32 * (b - a);
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
                Sample.of(new TruncatedNormal(Shape.of(7), 0, 1, -2, 2, source)),
                Sample.of(new TruncatedNormal(Shape.of(3, 5, 17), 0, 0.02, -0.04, 0.04, source)),
                Sample.of(new TruncatedNormal(Shape.of(33), 1, 2, 0, 9, source)),
                Sample.of(new TruncatedNormal(Shape.of(83, 257), 0, 1, -2, 2, source)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("truncatedNormal: deviation is 0.0 (need a finite number > 0)",
                        () -> random.truncatedNormal(0, 0, 3)),
                new Refusal("truncatedNormal: empty range: 1.0..-1.0 (need low < high)",
                        () -> Tensor.make(new TruncatedNormal(Shape.of(3), 0, 1, 1, -1, random))));
    }
}
