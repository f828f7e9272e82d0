package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import java.util.List;

/** What the comparisons share: two operands of one type, whatever type, and a mask as the result. */
final class Comparison {
    private Comparison() {}

    static List<Spec> shapes(Op op, List<Spec> in) {
        Check.count(op, in, 2, 2);
        Check.sameType(op, in);
        Shape shape = Shape.broadcast(op.name(), in.get(0).shape(), in.get(1).shape());
        return List.of(new Spec(shape, ElementType.U8));
    }

    static List<Sample> samples(Op op) {
        Input steps = Input.values(ElementType.F32, Shape.of(7), -1, 0, 1, -0.0, 2, Double.NaN, 1);
        Input others = Input.values(ElementType.F32, Shape.of(7), -1, 1, 0, 0, 2, Double.NaN, Double.POSITIVE_INFINITY);
        return List.of(
                Sample.of(op, steps, others),
                Sample.of(op, Input.real(3, 5, 17), Input.real(5, 1)),
                Sample.of(op, Input.real(5, 33), Input.real(33)),
                Sample.of(op, Input.real(), Input.real(9)),
                Sample.of(op, Input.real(83, 257), Input.real(83, 257)));
    }
}
