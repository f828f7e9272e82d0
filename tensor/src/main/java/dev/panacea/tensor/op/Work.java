package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import java.util.List;

/**
 * What an op must do at least, for benchmarks: a product of [m, k] and [k, n] counts 2·m·n·k, attention its products
 * (two forward, four backward; scores computed again count nothing), elementwise functions nothing; every element read
 * or written counts once.
 *
 * @param flops floating-point operations of its products
 * @param bytes bytes of its inputs and outputs
 */
public record Work(double flops, double bytes) {
    /** No work. */
    public static final Work NONE = new Work(0, 0);

    /** The work of one call. */
    public static Work of(Op op, List<Spec> in) {
        List<Spec> out = op.shapes(in);
        return op instanceof ViewOp ? NONE : new Work(flops(op, in, out.getFirst().shape()), bytes(in) + bytes(out));
    }

    /** This and more. */
    public Work plus(Work more) {
        return new Work(flops + more.flops, bytes + more.bytes);
    }

    private static double bytes(List<Spec> specs) {
        return specs.stream().mapToDouble(spec -> (double) spec.shape().size() * spec.type().byteSize()).sum();
    }

    private static double flops(Op op, List<Spec> in, Shape out) {
        return switch (op) {
            case Linear _ -> 2.0 * out.size() * in.getFirst().shape().dim(-1);
            case MatMul _ -> 2.0 * out.size() * in.getFirst().shape().dim(-1);
            case Einsum einsum -> einsum.flops(in);
            case Conv2d _ -> conv(out, in.get(1).shape());
            case Conv2dBackwardInput _ -> conv(in.getFirst().shape(), in.get(1).shape());
            case Conv2dBackwardWeight _ -> conv(in.getFirst().shape(), out);
            case Attention _ -> 4.0 * in.get(0).shape().size() * in.get(1).shape().dim(2);
            case AttentionBackward _ -> 8.0 * in.get(0).shape().size() * in.get(3).shape().dim(2);
            case WindowAttention attention -> 4.0 * out.size() * attention.window() * attention.window();
            case WindowAttentionBackward attention ->
                8.0 * in.getFirst().shape().size() * attention.window() * attention.window();
            default -> 0;
        };
    }

    /** Each element of the result [B, O, H, W] is a sum over the weight's [C / groups, KH, KW]. */
    private static double conv(Shape result, Shape weight) {
        return 2.0 * result.size() * weight.product(1, 4);
    }
}
