package dev.panacea.nn.onnx;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.op.Abs;
import dev.panacea.tensor.op.Add;
import dev.panacea.tensor.op.Affine;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.BatchNorm2d;
import dev.panacea.tensor.op.Bilinear;
import dev.panacea.tensor.op.Cast;
import dev.panacea.tensor.op.Clamp;
import dev.panacea.tensor.op.Concat;
import dev.panacea.tensor.op.Conv2d;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Div;
import dev.panacea.tensor.op.Einsum;
import dev.panacea.tensor.op.Eq;
import dev.panacea.tensor.op.Exp;
import dev.panacea.tensor.op.Expand;
import dev.panacea.tensor.op.Flip;
import dev.panacea.tensor.op.Gather;
import dev.panacea.tensor.op.Ge;
import dev.panacea.tensor.op.Gelu;
import dev.panacea.tensor.op.Gt;
import dev.panacea.tensor.op.IndexSelect;
import dev.panacea.tensor.op.L2Normalize;
import dev.panacea.tensor.op.LayerNorm;
import dev.panacea.tensor.op.Le;
import dev.panacea.tensor.op.Linear;
import dev.panacea.tensor.op.Log;
import dev.panacea.tensor.op.LogSoftmax;
import dev.panacea.tensor.op.Lt;
import dev.panacea.tensor.op.MatMul;
import dev.panacea.tensor.op.Max;
import dev.panacea.tensor.op.MaxPool2d;
import dev.panacea.tensor.op.Maximum;
import dev.panacea.tensor.op.Mean;
import dev.panacea.tensor.op.Min;
import dev.panacea.tensor.op.Minimum;
import dev.panacea.tensor.op.Mul;
import dev.panacea.tensor.op.Ne;
import dev.panacea.tensor.op.Neg;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Pad;
import dev.panacea.tensor.op.Permute;
import dev.panacea.tensor.op.Pow;
import dev.panacea.tensor.op.PowScalar;
import dev.panacea.tensor.op.Relu;
import dev.panacea.tensor.op.Resampling;
import dev.panacea.tensor.op.Reshape;
import dev.panacea.tensor.op.Roll;
import dev.panacea.tensor.op.Rsqrt;
import dev.panacea.tensor.op.Sigmoid;
import dev.panacea.tensor.op.Sign;
import dev.panacea.tensor.op.Slice;
import dev.panacea.tensor.op.Softmax;
import dev.panacea.tensor.op.Split;
import dev.panacea.tensor.op.Sqrt;
import dev.panacea.tensor.op.Stack;
import dev.panacea.tensor.op.Sub;
import dev.panacea.tensor.op.Sum;
import dev.panacea.tensor.op.Tanh;
import dev.panacea.tensor.op.Taps;
import dev.panacea.tensor.op.Where;
import dev.panacea.tensor.op.WindowAttention;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** How each op becomes nodes. What is not here cannot be exported. */
final class OnnxNodes {
    /** Ops that ONNX has under these names. */
    private static final Map<Class<? extends Op>, String> ALIKE = Map.ofEntries(
            Map.entry(Add.class, "Add"), Map.entry(Sub.class, "Sub"), Map.entry(Mul.class, "Mul"),
            Map.entry(Div.class, "Div"), Map.entry(Pow.class, "Pow"), Map.entry(Maximum.class, "Max"),
            Map.entry(Minimum.class, "Min"), Map.entry(Neg.class, "Neg"), Map.entry(Abs.class, "Abs"),
            Map.entry(Sign.class, "Sign"), Map.entry(Exp.class, "Exp"), Map.entry(Log.class, "Log"),
            Map.entry(Sqrt.class, "Sqrt"), Map.entry(Sigmoid.class, "Sigmoid"), Map.entry(Tanh.class, "Tanh"),
            Map.entry(Relu.class, "Relu"), Map.entry(MatMul.class, "MatMul"));

    private final OnnxGraph graph;
    private final AttentionNodes attention;
    private final Sizes sizes;

    OnnxNodes(OnnxGraph graph, Sizes sizes) {
        this.graph = graph;
        this.sizes = sizes;
        attention = new AttentionNodes(graph);
    }

    /**
     * Adds the nodes of an op.
     *
     * @return the names of its outputs; of those that are statistics for backward there are none
     * @throws ConfigException if ONNX has nothing for it
     */
    List<String> of(Op op, List<Operand> in, List<Operand> out) {
        if (op instanceof Split split) {
            String parts = graph.integers(split.sizes().stream().mapToLong(Integer::longValue).toArray());
            return graph.node("Split", split.sizes().size(), graph.name(in.getFirst()), parts)
                    .with("axis", split.axis()).outputs();
        }
        return List.of(one(op, in, out.getFirst()));
    }

    private String one(Op op, List<Operand> in, Operand out) {
        if (ALIKE.containsKey(op.getClass())) {
            return node(ALIKE.get(op.getClass()), in).output();
        }
        Operand x = in.getFirst();
        return switch (op) {
            // elementwise
            case Affine affine -> affine(graph.name(x), affine.scale(), affine.shift());
            case PowScalar power -> graph.node("Pow", graph.name(x), graph.real(power.exponent())).output();
            case Rsqrt _ -> graph.node("Reciprocal", node("Sqrt", in).output()).output();
            case Clamp clamp -> graph.node("Clip", graph.name(x), graph.real(clamp.low()), graph.real(clamp.high()))
                    .output();
            case Gelu gelu -> gelu.tanh() ? geluTanh(graph.name(x)) : gelu(graph.name(x));
            case Eq _ -> test("Equal", in);
            case Ne _ -> cast(graph.node("Not", node("Equal", in).output()).output(), OnnxGraph.UINT8);
            case Lt _ -> test("Less", in);
            case Le _ -> test("LessOrEqual", in);
            case Gt _ -> test("Greater", in);
            case Ge _ -> test("GreaterOrEqual", in);
            case Where _ -> graph.node("Where", cast(graph.name(x), OnnxGraph.BOOL), graph.name(in.get(1)),
                    graph.name(in.get(2))).output();
            case Cast cast when cast.type().isFloat() -> cast(graph.name(x), OnnxGraph.type(cast.type()));
            case Copy _ -> graph.name(x);
            // reductions and normalisation
            case Sum sum -> graph.node("ReduceSum", graph.name(x), graph.integers(axes(sum.axes(), x)))
                    .with("keepdims", flag(sum.keepAxes())).output();
            case Mean mean -> reduced("ReduceMean", x, mean.axes(), mean.keepAxes());
            case Max max -> reduced("ReduceMax", x, max.axes(), max.keepAxes());
            case Min min -> reduced("ReduceMin", x, min.axes(), min.keepAxes());
            case Softmax softmax -> node("Softmax", in).with("axis", softmax.axis()).output();
            case LogSoftmax softmax -> node("LogSoftmax", in).with("axis", softmax.axis()).output();
            case LayerNorm norm -> node("LayerNormalization", in).with("axis", -1).with("epsilon", norm.epsilon())
                    .output();
            case L2Normalize norm -> l2Normalize(norm, x);
            case BatchNorm2d norm when in.size() == 5 -> node("BatchNormalization", in)
                    .with("epsilon", norm.epsilon()).output();
            // images
            case Conv2d conv -> node("Conv", in).with("strides", twice(conv.stride()))
                    .with("pads", new long[] {conv.padding(), conv.padding(), conv.padding(), conv.padding()})
                    .with("dilations", twice(conv.dilation())).with("group", conv.groups()).output();
            case MaxPool2d pool -> node("MaxPool", in).with("kernel_shape", twice(pool.kernel()))
                    .with("strides", twice(pool.stride()))
                    .with("pads", new long[] {pool.padding(), pool.padding(), pool.padding(), pool.padding()})
                    .output();
            case Bilinear bilinear -> bilinear(bilinear, x, out);
            case Resampling resampling -> resampled(resampling, x);
            // products
            case Linear linear -> linear(linear, in);
            case Einsum einsum -> node("Einsum", in).with("equation", einsum.equation()).output();
            case Attention plain -> attention.attention(plain, in);
            case WindowAttention windows -> attention.windows(windows, x, in.get(1));
            // views and moved data
            case Reshape _ -> graph.node("Reshape", graph.name(x), sizes.toReshape(out)).output();
            case Expand _ -> graph.node("Expand", graph.name(x), sizes.of(out)).output();
            case Permute permute -> node("Transpose", in).with("perm", axes(permute.axes(), x)).output();
            case Slice slice -> graph.node("Slice", graph.name(x), graph.integers(slice.start()),
                    graph.integers(slice.end()), graph.integers(slice.axis()), graph.integers(slice.step())).output();
            case Flip flip -> flip(x, axes(flip.axes(), x));
            case Concat concat -> node("Concat", in).with("axis", concat.axis()).output();
            case Stack stack -> stack(in, stack.axis());
            case Pad pad -> pad(pad, x);
            case Roll roll -> roll(roll, x);
            case IndexSelect select -> node("Gather", in).with("axis", select.axis()).output();
            case Gather gather -> node("GatherElements", in).with("axis", gather.axis()).output();
            default -> throw new ConfigException("onnx: op " + op.name() + " has no nodes: " + op + " of "
                    + in.stream().map(operand -> operand.few().toString()).toList()
                    + " (leave it out of what is exported)");
        };
    }

    private OnnxNode node(String operator, List<Operand> in) {
        return graph.node(operator, in.stream().map(graph::name).toArray(String[]::new));
    }

    private String test(String operator, List<Operand> in) {
        return cast(node(operator, in).output(), OnnxGraph.UINT8);
    }

    private String cast(String x, int type) {
        return graph.node("Cast", x).with("to", type).output();
    }

    private String affine(String x, double scale, double shift) {
        String scaled = scale == 1 ? x : graph.node("Mul", x, graph.real(scale)).output();
        return shift == 0 ? scaled : graph.node("Add", scaled, graph.real(shift)).output();
    }

    /** In the form that runtimes know and fuse: {@code x · (1 + erf(x / √2)) · ½}. */
    private String gelu(String x) {
        String erf = graph.node("Erf", graph.node("Div", x, graph.real(Math.sqrt(2))).output()).output();
        return affine(graph.node("Mul", x, affine(erf, 1, 1)).output(), 0.5, 0);
    }

    /** {@code ½x · (1 + tanh(√(2/π) · (x + 0.044715 x³)))}. */
    private String geluTanh(String x) {
        String cube = affine(graph.node("Pow", x, graph.real(3)).output(), 0.044715, 0);
        String inner = affine(graph.node("Add", x, cube).output(), Math.sqrt(2 / Math.PI), 0);
        String share = affine(graph.node("Tanh", inner).output(), 1, 1);
        return graph.node("Mul", affine(x, 0.5, 0), share).output();
    }

    private String reduced(String operator, Operand x, List<Integer> axes, boolean keep) {
        return graph.node(operator, graph.name(x)).with("axes", axes(axes, x)).with("keepdims", flag(keep)).output();
    }

    private String l2Normalize(L2Normalize op, Operand x) {
        String length = graph.node("ReduceL2", graph.name(x)).with("axes", new long[] {op.axis()}).output();
        return graph.node("Div", graph.name(x), graph.node("Max", length, graph.real(op.epsilon())).output()).output();
    }

    private String bilinear(Bilinear op, Operand x, Operand out) {
        return graph.node("Resize", graph.name(x), "", "", sizes.of(out)).with("mode", "linear")
                .with("coordinate_transformation_mode", op.alignCorners() ? "align_corners" : "half_pixel").output();
    }

    /** Rows and columns, each by a product with the matrix of its map, whatever that is. */
    private String resampled(Resampling op, Operand x) {
        Taps down = op.taps(2, x.size(2));
        Taps across = op.taps(3, x.size(3));
        String wide = graph.node("MatMul", graph.name(x), matrix(across.transposed())).output(); // [B, C, H, W']
        return graph.node("MatMul", matrix(down), wide).output();
    }

    private String matrix(Taps taps) {
        double[] values = new double[taps.outputs() * taps.inputs()];
        for (int row = 0; row < taps.outputs(); row++) {
            System.arraycopy(taps.weights(), taps.offset()[row], values, row * taps.inputs() + taps.first()[row],
                    taps.count(row));
        }
        return graph.reals(Shape.of(taps.outputs(), taps.inputs()), values);
    }

    private String linear(Linear op, List<Operand> in) {
        String weight = graph.node("Transpose", graph.name(in.get(1))).with("perm", new long[] {1, 0}).output();
        String y = graph.node("MatMul", graph.name(in.get(0)), weight).output();
        if (op.biased(in.size())) {
            y = graph.node("Add", y, graph.name(in.get(2))).output();
        }
        return switch (op.after()) {
            case NOTHING -> y;
            case GELU, GELU_KEEPING -> gelu(y);
            case ADD -> graph.node("Add", y, graph.name(in.getLast())).output();
        };
    }

    private String flip(Operand x, long[] axes) {
        long[] back = LongStream.of(axes).map(_ -> -1).toArray();
        long[] beyond = LongStream.of(axes).map(_ -> Long.MIN_VALUE + 1).toArray();
        return graph.node("Slice", graph.name(x), graph.integers(back), graph.integers(beyond), graph.integers(axes),
                graph.integers(back)).output();
    }

    private String stack(List<Operand> in, int axis) {
        String[] parts = in.stream().map(part -> graph.node("Unsqueeze", graph.name(part), graph.integers(axis))
                .output()).toArray(String[]::new);
        return graph.node("Concat", parts).with("axis", axis).output();
    }

    private String pad(Pad op, Operand x) {
        long[] pads = IntStream.concat(op.before().stream().mapToInt(n -> n), op.after().stream().mapToInt(n -> n))
                .asLongStream().toArray();
        if (LongStream.of(pads).allMatch(number -> number == 0)) {
            return graph.name(x);
        }
        return graph.node("Pad", graph.name(x), graph.integers(pads), graph.real(op.value())).with("mode",
                switch (op.mode()) {
                    case CONSTANT -> "constant";
                    case REFLECT -> "reflect";
                    case REPLICATE -> "edge";
                }).output();
    }

    private String roll(Roll op, Operand x) {
        String y = graph.name(x);
        for (int axis = 0; axis < x.rank(); axis++) {
            int shift = op.shift(x.few().shape(), axis);
            if (shift != 0) {
                int size = x.size(axis);
                long[] from = IntStream.range(0, size).mapToLong(i -> (i + size - shift) % size).toArray();
                y = graph.node("Gather", y, graph.integers(from)).with("axis", axis).output();
            }
        }
        return y;
    }

    /** Axes counted from the front; all of them where none is given. */
    private static long[] axes(List<Integer> axes, Operand x) {
        return axes.isEmpty() ? LongStream.range(0, x.rank()).toArray()
                : axes.stream().mapToLong(axis -> Math.floorMod(axis, x.rank())).toArray();
    }

    private static long[] twice(long value) {
        return new long[] {value, value};
    }

    private static long flag(boolean value) {
        return value ? 1 : 0;
    }
}
