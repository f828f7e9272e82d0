package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Pad;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Copies the middle, then fills the margins axis by axis from the last. The margin of an axis spans the middle of the
 * axes before it and the whole of those after it, so a mirrored or repeated margin is a copy within the result.
 */
final class PadKernel implements Kernel<Pad> {
    private static final ThreadLocal<MemorySegment> CONSTANT =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(8, 8));

    @Override
    public boolean accepts(Pad op, Tensor[] inputs) {
        return true;
    }

    @Override
    public boolean strided(Pad op, int index) {
        return true;
    }

    @Override
    public void run(Pad op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        Tensor y = outputs[0];
        Shape shape = x.shape();
        int unit = x.type().byteSize();
        long[] from = x.layout().strides();
        long[] into = y.layout().strides();
        long middle = y.address();
        StridedCopy copy = StridedCopy.ofThread().begin(unit);
        for (int axis = 0; axis < from.length; axis++) {
            copy.axis(shape.dim(axis), from[axis], into[axis]);
            middle += op.before().get(axis) * into[axis] * unit;
        }
        copy.run(x.address(), middle);
        long corner = middle;
        for (int axis = from.length - 1; axis >= 0; axis--) {
            int dim = shape.dim(axis);
            int before = op.before().get(axis);
            long stride = into[axis] * unit;
            margin(op, x, y, axis, before, corner - before * stride, corner + (before == 0 ? 0 : mirror(op, before))
                    * stride);
            margin(op, x, y, axis, op.after().get(axis), corner + dim * stride, corner + (dim - 1 - mirror(op, 1))
                    * stride);
            corner -= before * stride;
        }
    }

    /** How far inside the edge a margin starts to read: at the edge itself where it is repeated. */
    private static int mirror(Pad op, int distance) {
        return op.mode() == Pad.Mode.REFLECT ? distance : 0;
    }

    private static void margin(Pad op, Tensor x, Tensor y, int along, int count, long target, long source) {
        if (count == 0) {
            return;
        }
        boolean constant = op.mode() == Pad.Mode.CONSTANT;
        StridedCopy copy = StridedCopy.ofThread().begin(y.type().byteSize());
        long[] strides = y.layout().strides();
        for (int axis = 0; axis < strides.length; axis++) {
            int dim = axis < along ? x.dim(axis) : axis == along ? count : y.dim(axis);
            long read = axis != along ? strides[axis] : op.mode() == Pad.Mode.REFLECT ? -strides[axis] : 0;
            copy.axis(dim, constant ? 0 : read, strides[axis]);
        }
        if (constant) {
            long cell = CONSTANT.get().address();
            y.type().write(cell, op.value());
            copy.run(cell, target);
        } else {
            copy.run(source, target);
        }
    }
}
