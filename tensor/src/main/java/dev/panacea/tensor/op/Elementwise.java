package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/** What the elementwise ops of one operand share. */
final class Elementwise {
    private Elementwise() {}

    static List<Spec> shapes(Op op, List<Spec> in) {
        Check.count(op, in, 1, 1);
        Check.floats(op, in);
        return List.of(in.getFirst());
    }

    static void reference(Tensor[] in, Tensor out, DoubleUnaryOperator f) {
        for (long i = 0; i < out.size(); i++) {
            out.flat(i, f.applyAsDouble(in[0].flat(i)));
        }
    }

    /** Sizes around a vector, more than one thread's share, a scalar and nothing, all with values in a range. */
    static List<Sample> samples(Op op, double low, double high) {
        return samples(op, Input.range(low, high, 1));
    }

    /** The usual sizes with the kind of values of one input. */
    static List<Sample> samples(Op op, Input like) {
        return Stream.of(new int[] {7}, new int[] {3, 5, 17}, new int[] {}, new int[] {0, 3}, new int[] {83, 257})
                .map(dims -> Sample.of(op, like.sized(dims)))
                .toList();
    }

    static List<Refusal> refusals(Op op) {
        return List.of(
                new Refusal(op.name() + ": element type is I32 (need F32 or F64: x.cast(F32))",
                        () -> Tensor.zeros(2).apply(op, List.of(Tensor.zeros(ElementType.I32, 2)))),
                new Refusal(op.name() + ": 2 inputs (need 1)",
                        () -> Tensor.zeros(2).apply(op, List.of(Tensor.zeros(2), Tensor.zeros(2)))));
    }
}
