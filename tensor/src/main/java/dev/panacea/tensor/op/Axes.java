package dev.panacea.tensor.op;

import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/** A set of axes of a reduction; empty means all. Kept as a list, so that ops are records with value equality. */
final class Axes {
    private Axes() {}

    static List<Integer> of(int... axes) {
        return Arrays.stream(axes).boxed().toList();
    }

    /** Which axes of {@code shape} are reduced. */
    static boolean[] reduced(Op op, Shape shape, List<Integer> axes) {
        boolean[] reduced = new boolean[shape.rank()];
        if (axes.isEmpty()) {
            Arrays.fill(reduced, true);
        }
        for (int axis : axes) {
            int at = shape.axis(op.name(), axis);
            if (reduced[at]) {
                throw new ShapeException(op.name() + ": axis " + axis + " given twice: " + axes
                        + " (need distinct axes)");
            }
            reduced[at] = true;
        }
        return reduced;
    }

    /** The shape after reduction. */
    static Shape result(Shape shape, boolean[] reduced, boolean keepAxes) {
        return Shape.of(IntStream.range(0, shape.rank())
                .filter(axis -> keepAxes || !reduced[axis])
                .map(axis -> reduced[axis] ? 1 : shape.dim(axis))
                .toArray());
    }

    /** Number of elements summed into one. */
    static long count(Shape shape, boolean[] reduced) {
        return IntStream.range(0, shape.rank()).filter(axis -> reduced[axis]).mapToLong(shape::dim)
                .reduce(1, (a, b) -> a * b);
    }

    /** Number of elements summed into one; more than {@code above}, or the op is refused. */
    static long count(Op op, Shape shape, List<Integer> axes, long above) {
        long count = count(shape, reduced(op, shape, axes));
        if (count <= above) {
            throw new ShapeException(op.name() + ": too few elements: " + shape + " over "
                    + (axes.isEmpty() ? "all axes" : "axes " + axes) + " has " + count + " a group (need more than "
                    + above + ")");
        }
        return count;
    }

    /** The shape rule of a reduction of one float tensor. */
    static List<Spec> shapes(Op op, List<Spec> in, boolean keepAxes, List<Integer> axes) {
        Check.count(op, in, 1, 1);
        Check.floats(op, in);
        Shape shape = in.getFirst().shape();
        return List.of(in.getFirst().with(result(shape, reduced(op, shape, axes), keepAxes)));
    }

    /** The shape after reduction with reduced axes kept as 1, for broadcasting against the input. */
    static int[] kept(Op op, Shape shape, List<Integer> axes) {
        return result(shape, reduced(op, shape, axes), true).dims();
    }

    /** The axes as ops take them. */
    static int[] array(List<Integer> axes) {
        return axes.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Maps the flat index of an input element to the flat index of the result that it goes to. */
    static Layout groups(Shape shape, boolean[] reduced) {
        long[] strides = result(shape, reduced, true).contiguousStrides();
        for (int axis = 0; axis < strides.length; axis++) {
            if (reduced[axis]) {
                strides[axis] = 0;
            }
        }
        return new Layout(shape, strides, 0);
    }

    /** Combines the elements of each group in row-major order, for reference code. */
    static double[] fold(Tensor x, boolean[] reduced, double initial, DoubleBinaryOperator f) {
        Layout groups = groups(x.shape(), reduced);
        double[] y = new double[(int) result(x.shape(), reduced, true).size()];
        Arrays.fill(y, initial);
        for (long i = 0; i < x.size(); i++) {
            int at = (int) groups.position(i);
            y[at] = f.applyAsDouble(y[at], x.flat(i));
        }
        return y;
    }

    /** Writes values in row-major order. */
    static void write(Tensor out, double[] values) {
        for (int i = 0; i < values.length; i++) {
            out.flat(i, values[i]);
        }
    }
}
