package dev.panacea.nn.onnx;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.WindowAttention;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Attention in nodes of ONNX, which has none of its own for it. */
final class AttentionNodes {
    private final OnnxGraph graph;

    AttentionNodes(OnnxGraph graph) {
        this.graph = graph;
    }

    /** Query [B, h, N, D], key and value [B, h, M, D], and a bias where there is one. */
    String attention(Attention op, List<Operand> in) {
        if (in.size() == 5 || in.size() == 4 && in.get(3).few().type() == ElementType.U8) {
            throw new ConfigException("onnx: op attention: with a mask " + in.getLast().few()
                    + " (need a bias of floats, or neither)");
        }
        List<String> names = in.stream().map(graph::name).toList();
        return weighted(names, op.scale(), scores -> in.size() == 3 ? scores
                : graph.node("Add", scores, names.get(3)).output());
    }

    /**
     * The tokens of a picture are put in the order of windows, window by window, and back: one selection does for both
     * the shift and the cut. Windows are entries of the batch.
     */
    String windows(WindowAttention op, Operand qkv, Operand bias) {
        int height = qkv.size(1);
        int width = qkv.size(2);
        int channels = qkv.size(3) / 3;
        int side = op.window();
        int n = side * side;
        int windows = height * width / n;
        int heads = bias.size(bias.rank() == 2 ? 1 : 0);
        int[][][] tokens = IntStream.range(0, windows).mapToObj(number -> op.tokens(number, height, width))
                .toArray(int[][][]::new);
        long[] order = new long[windows * n]; // the token at each place
        long[] places = new long[windows * n]; // the place of each token
        for (int place = 0; place < order.length; place++) {
            int[] token = tokens[place / n][place % n];
            order[place] = token[0] * width + token[1];
            places[(int) order[place]] = place;
        }
        String rows = reshape(graph.name(qkv), -1, height * width, 3 * channels);
        String cut = reshape(ordered(rows, order), -1, n, 3, heads, channels / heads);
        long[] outwards = {2, 0, 3, 1, 4}; // [3, B, h, N, D]
        String parts = graph.node("Transpose", cut).with("perm", outwards).output();
        List<String> operands = IntStream.range(0, 3).mapToObj(part -> graph.node("Gather", parts,
                graph.integers(Shape.SCALAR, part)).with("axis", 0).output()).toList();
        String relative = bias(op, bias);
        String y = weighted(operands, 1 / Math.sqrt(channels / heads), scores ->
                apart(graph.node("Add", scores, relative).output(), tokens, heads));
        String joined = graph.node("Transpose", y).with("perm", new long[] {0, 2, 1, 3}).output(); // [B, N, h, D]
        return reshape(ordered(reshape(joined, -1, height * width, channels), places), -1, height, width, channels);
    }

    /** The bias of each head, query and key, [h, N, N]. */
    private String bias(WindowAttention op, Operand bias) {
        if (bias.rank() == 3) {
            return graph.name(bias);
        }
        int n = op.window() * op.window();
        long[] rows = new long[n * n];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = op.row(i / n, i % n);
        }
        String gathered = graph.node("Gather", graph.name(bias), graph.integers(Shape.of(n, n), rows))
                .with("axis", 0).output();
        return graph.node("Transpose", gathered).with("perm", new long[] {2, 0, 1}).output();
    }

    /** Scores less what stands between tokens that only the shift brought together. */
    private String apart(String scores, int[][][] tokens, int heads) {
        int n = tokens[0].length;
        double[] apart = new double[tokens.length * n * n];
        boolean any = false;
        for (int i = 0; i < apart.length; i++) {
            int[][] window = tokens[i / (n * n)];
            boolean same = window[i / n % n][2] == window[i % n][2];
            apart[i] = same ? 0 : WindowAttention.APART;
            any |= !same;
        }
        if (!any) {
            return scores;
        }
        String split = reshape(scores, -1, tokens.length, heads, n, n);
        String added = graph.node("Add", split, graph.reals(Shape.of(tokens.length, 1, n, n), apart)).output();
        return reshape(added, -1, heads, n, n);
    }

    /** {@code softmax(change(scale · q·kᵀ)) · v} of q, k and v. */
    private String weighted(List<String> operands, double scale, UnaryOperator<String> change) {
        String query = graph.node("Mul", operands.get(0), graph.real(scale)).output();
        String key = graph.node("Transpose", operands.get(1)).with("perm", new long[] {0, 1, 3, 2}).output();
        String scores = change.apply(graph.node("MatMul", query, key).output());
        String shares = graph.node("Softmax", scores).with("axis", -1).output();
        return graph.node("MatMul", shares, operands.get(2)).output();
    }

    private String ordered(String rows, long[] order) {
        boolean moved = IntStream.range(0, order.length).anyMatch(i -> order[i] != i);
        return moved ? graph.node("Gather", rows, graph.integers(order)).with("axis", 1).output() : rows;
    }

    private String reshape(String x, long... dims) {
        return graph.node("Reshape", x, graph.integers(dims)).output();
    }
}
