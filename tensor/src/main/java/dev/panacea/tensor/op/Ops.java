package dev.panacea.tensor.op;

import java.util.List;

/** The list of all ops. */
public final class Ops {
    private static final List<Op> ALL = List.of(
            // elementwise
            new Add(),
            new Mul(),
            // reductions and normalisation
            Sum.over(false),
            new Softmax(-1),
            new SoftmaxBackward(-1),
            // views and copies
            Reshape.to(1),
            Permute.of(0),
            new Slice(0, 0, 1, 1),
            Expand.to(1),
            new Copy());

    private Ops() {}

    /** One example of each op, with attributes as they come; {@link Op#samples} has the telling ones. */
    public static List<Op> all() {
        return ALL;
    }
}
