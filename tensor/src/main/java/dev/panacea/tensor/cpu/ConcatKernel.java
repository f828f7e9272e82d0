package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Concat;

/** Copies each input, whatever its strides, straight to its place in the result. */
final class ConcatKernel implements Kernel<Concat> {
    @Override
    public boolean accepts(Concat op, Tensor[] inputs) {
        return true;
    }

    @Override
    public boolean strided(Concat op, int index) {
        return true;
    }

    @Override
    public void run(Concat op, Tensor[] inputs, Tensor[] outputs) {
        Tensor y = outputs[0];
        int unit = y.type().byteSize();
        int along = y.shape().axis("concat", op.axis());
        long[] strides = y.layout().strides();
        long target = y.address();
        for (Tensor x : inputs) {
            if (x.size() == 0) {
                continue;
            }
            Layout layout = x.layout();
            StridedCopy copy = StridedCopy.ofThread().begin(unit);
            for (int axis = 0; axis < strides.length; axis++) {
                copy.axis(layout.shape().dim(axis), layout.strides()[axis], strides[axis]);
            }
            copy.run(x.address(), target);
            target += x.dim(along) * strides[along] * unit;
        }
    }
}
