package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Stack;

/** Copies each input, whatever its strides, straight to its place in the result. */
final class StackKernel implements Kernel<Stack> {
    @Override
    public boolean accepts(Stack op, Tensor[] inputs) {
        return true;
    }

    @Override
    public boolean strided(Stack op, int index) {
        return true;
    }

    @Override
    public void run(Stack op, Tensor[] inputs, Tensor[] outputs) {
        Tensor y = outputs[0];
        int unit = y.type().byteSize();
        int along = y.shape().axis("stack", op.axis());
        long[] strides = y.layout().strides();
        for (int k = 0; k < inputs.length; k++) {
            Layout layout = inputs[k].layout();
            StridedCopy copy = StridedCopy.ofThread().begin(unit);
            for (int axis = 0; axis < strides.length - 1; axis++) {
                copy.axis(layout.shape().dim(axis), layout.strides()[axis], strides[axis < along ? axis : axis + 1]);
            }
            copy.run(inputs[k].address(), y.address() + k * strides[along] * unit);
        }
    }
}
