package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import java.util.List;

/** The checks that many shape rules share, with their messages. */
final class Check {
    private Check() {}

    /** Number of inputs, between two bounds. */
    static void count(Op op, List<Spec> in, int least, int most) {
        if (in.size() < least || in.size() > most) {
            throw new ShapeException(op.name() + ": " + in.size() + " inputs (need "
                    + (least == most ? "" + least : most == Integer.MAX_VALUE ? least + " or more"
                    : least + ".." + most) + ")");
        }
    }

    /** All inputs have the same type, F32 or F64. */
    static ElementType floats(Op op, List<Spec> in) {
        ElementType type = sameType(op, in);
        if (type != ElementType.F32 && type != ElementType.F64) {
            throw new ShapeException(op.name() + ": element type is " + type + " (need F32 or F64: x.cast(F32))");
        }
        return type;
    }

    /** All inputs have the same type. */
    static ElementType sameType(Op op, List<Spec> in) {
        ElementType type = in.getFirst().type();
        for (Spec spec : in) {
            if (spec.type() != type) {
                throw new ShapeException(op.name() + ": element types differ: " + type + " and " + spec.type()
                        + " (cast one: x.cast(" + type + "))");
            }
        }
        return type;
    }

    /** One input has a given type. */
    static void type(Op op, String what, Spec spec, ElementType type) {
        if (spec.type() != type) {
            throw new ShapeException(op.name() + ": " + what + " is " + spec.type() + " (need " + type + ")");
        }
    }

    /** One input has a given rank. */
    static void rank(Op op, String what, Spec spec, int rank) {
        if (spec.rank() != rank) {
            throw new ShapeException(op.name() + ": " + what + " is " + spec.shape() + " (need " + rank + " axes)");
        }
    }

    /** One input has a given shape. */
    static void shape(Op op, String what, Spec spec, Shape shape) {
        if (!spec.shape().equals(shape)) {
            throw new ShapeException(op.name() + ": " + what + " is " + spec.shape() + " (need " + shape + ")");
        }
    }
}
