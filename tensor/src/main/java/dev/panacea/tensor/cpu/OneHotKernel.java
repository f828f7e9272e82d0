package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.IndexRange;
import dev.panacea.tensor.op.OneHot;

/** Zeros, and a one in each row. */
final class OneHotKernel implements Kernel<OneHot> {
    @Override
    public void run(OneHot op, Tensor[] inputs, Tensor[] outputs) {
        IndexRange.check(op, inputs[0], outputs[0].shape(), -1);
        long labels = inputs[0].address();
        long target = outputs[0].address();
        long rowBytes = 4L * op.classes();
        Memory.zero(target, 4 * outputs[0].size());
        for (long row = 0; row < inputs[0].size(); row++) {
            Memory.f32(target + row * rowBytes + 4L * Memory.i32(labels + 4 * row), 1);
        }
    }
}
