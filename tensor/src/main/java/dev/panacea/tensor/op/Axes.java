package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import java.util.Arrays;
import java.util.List;
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
}
