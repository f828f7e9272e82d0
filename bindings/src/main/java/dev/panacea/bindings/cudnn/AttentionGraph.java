package dev.panacea.bindings.cudnn;

import dev.panacea.tensor.ElementType;

/**
 * Attention and its gradient as graphs of cuDNN, which knows them by the very operations and their order: 11 forward,
 * 19 backward with a bias. Tensors are BF16 but for the log-sum-exp, the sums and the two numbers; all lie dense.
 */
public final class AttentionGraph {
    /** Ids of the tensors in memory. */
    static final long QUERY = 1;
    static final long KEY = 2;
    static final long VALUE = 3;
    static final long BIAS = 4;
    static final long SCALE = 5;
    static final long RESULT = 6;
    static final long LOG_SUM_EXP = 7;
    static final long GRADIENT = 8;
    static final long QUERY_SLOPE = 9;
    static final long KEY_SLOPE = 10;
    static final long VALUE_SLOPE = 11;
    static final long BIAS_SLOPE = 12;
    static final long SUMS = 13;
    static final long ONE = 14;

    private final Graph graph = new Graph();
    private final AttentionShape shape;
    private final long[] rows;
    private final long[] keyRows;
    private final long[] single;

    private AttentionGraph(AttentionShape shape) {
        this.shape = shape;
        rows = new long[] {shape.batch(), shape.heads(), shape.queries(), shape.depth()};
        keyRows = new long[] {shape.batch(), shape.heads(), shape.keys(), shape.depth()};
        single = new long[] {shape.batch(), shape.heads(), shape.queries(), 1};
    }

    /** y = softmax(scale · q·k + bias) · v and the log-sum-exp of the scores. */
    public static Graph forward(AttentionShape shape) {
        return described(shape, AttentionGraph::forward);
    }

    /** dq, dk, dv and the bias's gradient, of the gradient of y, y and the log-sum-exp. */
    public static Graph backward(AttentionShape shape) {
        return described(shape, AttentionGraph::backward);
    }

    private interface Description {
        void of(AttentionGraph attention);
    }

    private static Graph described(AttentionShape shape, Description description) {
        AttentionGraph attention = new AttentionGraph(shape);
        try {
            description.of(attention);
            return attention.graph;
        } catch (RuntimeException refused) {
            attention.graph.close();
            throw refused;
        }
    }

    private void forward() {
        GraphTensor scale = graph.number(SCALE);
        GraphTensor scores = scores(bf16(QUERY, rows), turned(KEY, keyRows), scale);
        GraphTensor largest = graph.reduce(Graph.Reduce.LARGEST, scores);
        GraphTensor shares = graph.each(Graph.Each.EXP, graph.each(Graph.Each.SUB, scores, largest), null);
        GraphTensor sum = graph.reduce(Graph.Reduce.SUM, shares);
        graph.each(Graph.Each.ADD, largest, graph.each(Graph.Each.LOG, sum, null), f32(LOG_SUM_EXP, single));
        GraphTensor p = graph.each(Graph.Each.DIV, shares, sum, ElementType.BF16);
        graph.matmul(p, bf16(VALUE, keyRows), bf16(RESULT, rows));
    }

    private void backward() {
        GraphTensor gradient = bf16(GRADIENT, rows);
        GraphTensor query = bf16(QUERY, rows);
        GraphTensor key = turned(KEY, keyRows); // [B, h, D, M]
        GraphTensor scale = graph.number(SCALE);
        GraphTensor products = graph.each(Graph.Each.MUL, gradient, bf16(RESULT, rows));
        GraphTensor sums = f32(SUMS, single); // of p · dp, which are those of the gradient and y
        graph.each(Graph.Each.MUL, graph.reduce(Graph.Reduce.SUM, products), graph.number(ONE), sums);

        GraphTensor scores = scores(query, key, scale);
        GraphTensor p = graph.each(Graph.Each.EXP,
                graph.each(Graph.Each.SUB, scores, f32(LOG_SUM_EXP, single)), null);
        graph.matmul(graph.turn(p), gradient, bf16(VALUE_SLOPE, keyRows));

        GraphTensor dp = graph.matmul(gradient, turned(VALUE, keyRows));
        GraphTensor ds = graph.each(Graph.Each.MUL, graph.each(Graph.Each.SUB, dp, sums), p);
        if (shape.biased()) {
            graph.reduce(Graph.Reduce.SUM, ds, bf16(BIAS_SLOPE, bias()));
        }
        GraphTensor scaled = graph.each(Graph.Each.MUL, ds, scale);
        graph.matmul(graph.turn(scaled), query, bf16(KEY_SLOPE, keyRows));
        graph.matmul(scaled, graph.turn(key), bf16(QUERY_SLOPE, rows));
    }

    /** scale · q·k + bias. */
    private GraphTensor scores(GraphTensor query, GraphTensor key, GraphTensor scale) {
        GraphTensor scores = graph.each(Graph.Each.MUL, graph.matmul(query, key), scale);
        return shape.biased() ? graph.each(Graph.Each.ADD, scores, bf16(BIAS, bias())) : scores;
    }

    private long[] bias() {
        return new long[] {shape.biasBatch(), shape.biasHeads(), shape.queries(), shape.keys()};
    }

    private GraphTensor bf16(long id, long[] dims) {
        return graph.tensor(id, ElementType.BF16, dims);
    }

    private GraphTensor f32(long id, long[] dims) {
        return graph.tensor(id, ElementType.F32, dims);
    }

    /** Rows as columns. */
    private GraphTensor turned(long id, long[] dims) {
        return graph.tensor(id, ElementType.BF16, GraphTensor.turned(dims),
                GraphTensor.turned(GraphTensor.dense(dims)));
    }
}
