package dev.panacea.tensor.op;

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
        return List.of(
                Sample.of(op, Input.real(7), Input.real(7)),
                Sample.of(op, Input.real(2, 3, 17), Input.real(2, 3, 17)),
                Sample.of(op, Input.real(5, 33), Input.real(33)),
                Sample.of(op, Input.real(5, 33), Input.real(5, 1)),
                Sample.of(op, Input.real(4, 1, 5), Input.real(3, 1)),
                Sample.of(op, Input.real(2, 16), Input.real()),
                Sample.of(op, Input.real(0, 3), Input.real(3)),
                Sample.of(op, Input.real(67, 70), Input.real(67, 70)));
    }
}
