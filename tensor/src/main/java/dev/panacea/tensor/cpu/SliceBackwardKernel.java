package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Slice;
import dev.panacea.tensor.op.SliceBackward;
import java.lang.foreign.Arena;

/** Zeros around the slice, or everywhere where the slice has gaps, and the gradient in its place. */
final class SliceBackwardKernel implements Kernel<SliceBackward> {
    private static final long ZERO = Arena.global().allocate(8, 8).address();

    @Override
    public boolean accepts(SliceBackward op, Tensor[] inputs) {
        return true;
    }

    @Override
    public boolean strided(SliceBackward op, int index) {
        return true;
    }

    @Override
    public void run(SliceBackward op, Tensor[] inputs, Tensor[] outputs) {
        Tensor g = inputs[0];
        Tensor dx = outputs[0];
        Slice slice = op.slice();
        int along = dx.shape().axis("sliceBackward", slice.axis());
        int dim = dx.dim(along);
        boolean gaps = slice.step() > 1 || g.size() == 0;
        zeros(dx, along, 0, gaps ? dim : slice.start());
        zeros(dx, along, gaps ? dim : slice.end(), dim);
        long[] from = g.layout().strides();
        long[] into = dx.layout().strides();
        StridedCopy copy = StridedCopy.ofThread().begin(g.type().byteSize());
        for (int axis = 0; axis < from.length; axis++) {
            copy.axis(g.dim(axis), from[axis], axis == along ? slice.step() * into[axis] : into[axis]);
        }
        copy.run(g.address(), dx.address() + slice.start() * into[along] * g.type().byteSize());
    }

    private static void zeros(Tensor dx, int along, int start, int end) {
        if (start == end) {
            return;
        }
        long[] into = dx.layout().strides();
        StridedCopy fill = StridedCopy.ofThread().begin(dx.type().byteSize());
        for (int axis = 0; axis < into.length; axis++) {
            fill.axis(axis == along ? end - start : dx.dim(axis), 0, into[axis]);
        }
        fill.run(ZERO, dx.address() + start * into[along] * dx.type().byteSize());
    }
}
