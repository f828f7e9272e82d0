package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Copy;

/** Gathers any layout into contiguous memory. */
final class CopyKernel implements Kernel<Copy> {
    @Override
    public boolean accepts(Copy op, Tensor[] inputs) {
        return true;
    }

    @Override
    public boolean strided(Copy op, int index) {
        return true;
    }

    @Override
    public void run(Copy op, Tensor[] inputs, Tensor[] outputs) {
        copy(inputs[0], outputs[0].address());
    }

    /** Copies a tensor of any layout to dense memory at an absolute address. */
    static void copy(Tensor x, long target) {
        if (x.size() == 0) {
            return;
        }
        Layout layout = x.layout();
        StridedCopy copy = StridedCopy.ofThread().begin(x.type().byteSize());
        long dense = x.size();
        for (int axis = 0; axis < layout.shape().rank(); axis++) {
            int dim = layout.shape().dim(axis);
            dense /= dim;
            copy.axis(dim, layout.strides()[axis], dense);
        }
        copy.run(x.address(), target);
    }
}
