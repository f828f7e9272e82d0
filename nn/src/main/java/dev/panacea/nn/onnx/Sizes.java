package dev.panacea.nn.onnx;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.Shape;
import java.util.stream.LongStream;

/** Sizes as nodes take them, vectors of INT64; those that depend on the batch are computed from its size. */
final class Sizes {
    private final OnnxGraph graph;
    private final int few;
    private final int many;

    /** For an input of these two shapes. */
    Sizes(OnnxGraph graph, Shape few, Shape many) {
        this.graph = graph;
        this.few = few.rank() == 0 ? 1 : few.dim(0);
        this.many = many.rank() == 0 ? 1 : many.dim(0);
    }

    /** The shape of a result that has as many elements as before: one size may stay open. */
    String toReshape(Operand result) {
        long[] dims = result.dims();
        return LongStream.of(dims).filter(dim -> dim < 0).count() < 2 ? graph.integers(dims) : of(result);
    }

    /** The shape of a result. */
    String of(Operand result) {
        long[] dims = result.dims();
        String[] parts = new String[dims.length];
        boolean open = false;
        for (int axis = 0; axis < dims.length; axis++) {
            open |= dims[axis] < 0;
            parts[axis] = dims[axis] < 0 ? multiple(result, axis) : graph.integers(dims[axis]);
        }
        return open ? graph.node("Concat", parts).with("axis", 0).output() : graph.integers(dims);
    }

    private String multiple(Operand result, int axis) {
        int factor = result.few().dim(axis) / few;
        if (factor * few != result.few().dim(axis) || factor * many != result.many().dim(axis)) {
            throw new ConfigException("onnx: a size is " + result.few().dim(axis) + " for " + few + " pictures, "
                    + result.many().dim(axis) + " for " + many + " (need a multiple of the batch, or a fixed batch)");
        }
        String batch = graph.batch();
        return factor == 1 ? batch : graph.node("Mul", batch, graph.integers(factor)).output();
    }
}
