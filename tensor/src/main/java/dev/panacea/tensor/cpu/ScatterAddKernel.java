package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.IndexRange;
import dev.panacea.tensor.op.ScatterAdd;

/** F32 where the index covers all other axes in full; the rows behind the axis are dense. */
final class ScatterAddKernel implements Kernel<ScatterAdd> {
    @Override
    public boolean accepts(ScatterAdd op, Tensor[] inputs) {
        Shape x = inputs[0].shape();
        Shape index = inputs[1].shape();
        int along = x.axis("scatterAdd", op.axis());
        boolean covers = Kernel.super.accepts(op, inputs)
                && x.product(along + 1, x.rank()) <= Integer.MAX_VALUE
                && x.product(0, along) * (x.product(along + 1, x.rank()) / 256 + 1) <= Integer.MAX_VALUE;
        for (int axis = 0; axis < x.rank(); axis++) {
            covers &= axis == along || x.dim(axis) == index.dim(axis);
        }
        return covers;
    }

    @Override
    public boolean strided(ScatterAdd op, int index) {
        return index == 0;
    }

    @Override
    public void run(ScatterAdd op, Tensor[] inputs, Tensor[] outputs) {
        Shape shape = inputs[0].shape();
        IndexRange.check(op, inputs[1], shape, op.axis());
        long target = outputs[0].address();
        CopyKernel.copy(inputs[0], target);
        int axis = shape.axis("scatterAdd", op.axis());
        AddRows.run(shape.product(0, axis), inputs[1].dim(axis), shape.dim(axis),
                (int) shape.product(axis + 1, shape.rank()), true, inputs[2].address(), inputs[1].address(), target);
    }
}
