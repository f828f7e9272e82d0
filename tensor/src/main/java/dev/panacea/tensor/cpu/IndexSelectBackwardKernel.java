package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.IndexRange;
import dev.panacea.tensor.op.IndexSelectBackward;

/** F32: zeros, then the rows of the gradient added in the order of the index. */
final class IndexSelectBackwardKernel implements Kernel<IndexSelectBackward> {
    @Override
    public boolean accepts(IndexSelectBackward op, Tensor[] inputs) {
        Shape g = inputs[0].shape();
        int axis = g.axis("indexSelectBackward", op.axis());
        return Kernel.super.accepts(op, inputs)
                && g.product(axis + 1, g.rank()) <= Integer.MAX_VALUE
                && g.product(0, axis) * (g.product(axis + 1, g.rank()) / 256 + 1) <= Integer.MAX_VALUE;
    }

    @Override
    public void run(IndexSelectBackward op, Tensor[] inputs, Tensor[] outputs) {
        Shape shape = outputs[0].shape();
        IndexRange.check(op, inputs[1], shape, op.axis());
        long target = outputs[0].address();
        Memory.fill(target, 4 * shape.size(), (byte) 0);
        int axis = shape.axis("indexSelectBackward", op.axis());
        AddRows.run(shape.product(0, axis), inputs[0].dim(axis), op.size(),
                (int) shape.product(axis + 1, shape.rank()), false, inputs[0].address(), inputs[1].address(), target);
    }
}
