package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** What the elementwise ops of two operands share: NumPy's broadcasting. */
final class Broadcast {
    private Broadcast() {}

    static List<Spec> shapes(Op op, List<Spec> in) {
        Check.count(op, in, 2, 2);
        Check.floats(op, in);
        return List.of(in.getFirst().with(Shape.broadcast(op.name(), in.get(0).shape(), in.get(1).shape())));
    }

    static void reference(Tensor[] in, Tensor out, DoubleBinaryOperator f) {
        Tensor a = in[0].expand(out.shape().dims());
        Tensor b = in[1].expand(out.shape().dims());
        for (long i = 0; i < out.size(); i++) {
            out.flat(i, f.applyAsDouble(a.flat(i), b.flat(i)));
        }
    }

    static List<Sample> samples(Op op) {
        return samples(op, Input.real(1), Input.real(1));
    }

    /** The usual pairs of shapes with the kinds of values of two inputs. */
    static List<Sample> samples(Op op, Input a, Input b) {
        return List.of(
                Sample.of(op, a.sized(7), b.sized(7)),
                Sample.of(op, a.sized(2, 3, 17), b.sized(2, 3, 17)),
                Sample.of(op, a.sized(5, 33), b.sized(33)),
                Sample.of(op, a.sized(5, 33), b.sized(5, 1)),
                Sample.of(op, a.sized(4, 1, 5), b.sized(3, 1)),
                Sample.of(op, a.sized(2, 16), b.sized()),
                Sample.of(op, a.sized(), b.sized(2, 16)),
                Sample.of(op, a.sized(0, 3), b.sized(3)),
                Sample.of(op, a.sized(67, 70), b.sized(67, 70)));
    }

    static List<Refusal> refusals(Op op) {
        return List.of(
                new Refusal(op.name() + ": shapes do not broadcast: [2, 3] and [4] (need equal sizes or 1, aligned at "
                        + "the last axis)", () -> Tensor.zeros(2, 3).apply(op, List.of(Tensor.zeros(2, 3),
                        Tensor.zeros(4)))),
                new Refusal(op.name() + ": element types differ: F32 and F64 (cast one: x.cast(F32))",
                        () -> Tensor.zeros(2).apply(op, List.of(Tensor.zeros(2), Tensor.zeros(ElementType.F64, 2)))));
    }
}
