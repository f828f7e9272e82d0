package dev.panacea.tensor.op;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.SplittableRandom;

/**
 * How to make one input of a sample, the same for the same seed.
 *
 * @param shape sizes of the axes
 * @param type F32 stands for "real": the sweeps also make it F64
 * @param kind what the elements are
 * @param low the least value
 * @param high the upper end, exclusive for integers
 * @param values the elements themselves, row-major, for {@link Kind#VALUES}; else empty
 */
public record Input(Shape shape, ElementType type, Kind kind, double low, double high, double... values) {
    /** What the elements of an input are. */
    public enum Kind {
        /** Uniform between low and high. */
        UNIFORM,
        /** Uniform, with magnitudes of at least 0.1, for ops with a kink or a pole at zero. */
        AWAY_FROM_ZERO,
        /** A shuffled ladder of equally spaced values, for ops that compare elements: no two are near each other. */
        DISTINCT,
        /** Whole numbers from low to high, exclusive. */
        INTEGERS,
        /** The given values. */
        VALUES
    }

    /** Reals in -2..2. */
    public static Input real(int... dims) {
        return range(-2, 2, dims);
    }

    /** Reals in a range. */
    public static Input range(double low, double high, int... dims) {
        return new Input(Shape.of(dims), ElementType.F32, Kind.UNIFORM, low, high);
    }

    /** Reals in -2..2 that keep 0.1 away from zero. */
    public static Input awayFromZero(int... dims) {
        return new Input(Shape.of(dims), ElementType.F32, Kind.AWAY_FROM_ZERO, -2, 2);
    }

    /** Distinct reals in -2..2. */
    public static Input distinct(int... dims) {
        return new Input(Shape.of(dims), ElementType.F32, Kind.DISTINCT, -2, 2);
    }

    /** Indices from 0 to {@code below}, exclusive, as I32. */
    public static Input indices(int below, int... dims) {
        return new Input(Shape.of(dims), ElementType.I32, Kind.INTEGERS, 0, below);
    }

    /** A mask of zeros and ones, as U8. */
    public static Input mask(int... dims) {
        return new Input(Shape.of(dims), ElementType.U8, Kind.INTEGERS, 0, 2);
    }

    /** Given values of a type. */
    public static Input values(ElementType type, Shape shape, double... values) {
        return new Input(shape, type, Kind.VALUES, 0, 0, values);
    }

    /** The same input with another element type. */
    public Input as(ElementType other) {
        return new Input(shape, other, kind, low, high, values);
    }

    /** The same kind of values in another shape. */
    Input sized(int... dims) {
        return new Input(Shape.of(dims), type, kind, low, high, values);
    }

    /** Makes the tensor on the CPU; reals get the type {@code real} (F32 or F64). */
    public Tensor make(ElementType real, long seed) {
        Tensor tensor = Tensor.allocate(Backends.cpu(), new Spec(shape, type == ElementType.F32 ? real : type));
        SplittableRandom random = new SplittableRandom(seed);
        int size = (int) shape.size();
        int[] order = new int[kind == Kind.DISTINCT ? size : 0];
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        for (int i = 0; i < size; i++) {
            double uniform = random.nextDouble();
            tensor.flat(i, switch (kind) {
                case UNIFORM -> low + uniform * (high - low);
                case AWAY_FROM_ZERO -> uniform < 0.5 ? -0.1 + uniform * 2 * (low + 0.1)
                        : 0.1 + (uniform * 2 - 1) * (high - 0.1);
                case DISTINCT -> low + (order[i] + 0.5) * (high - low) / size;
                case INTEGERS -> Math.floor(low + uniform * (high - low));
                case VALUES -> values[i];
            });
        }
        return tensor;
    }
}
