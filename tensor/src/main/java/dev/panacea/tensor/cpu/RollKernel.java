package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Roll;

/** A rolled axis falls into two pieces that change places; every combination of pieces is one copy. */
final class RollKernel implements Kernel<Roll> {
    private static final int MOST_AXES = 20;

    @Override
    public boolean accepts(Roll op, Tensor[] inputs) {
        return op.axes().size() <= MOST_AXES;
    }

    @Override
    public boolean strided(Roll op, int index) {
        return true;
    }

    @Override
    public void run(Roll op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        Tensor y = outputs[0];
        Shape shape = x.shape();
        int rank = shape.rank();
        int unit = x.type().byteSize();
        long[] from = x.layout().strides();
        long[] into = y.layout().strides();
        for (int pieces = 0; pieces < 1 << op.axes().size(); pieces++) {
            long source = x.address();
            long target = y.address();
            int rolled = 0;
            StridedCopy copy = StridedCopy.ofThread().begin(unit);
            for (int axis = 0; axis < rank; axis++) {
                int dim = shape.dim(axis);
                if (rolls(op, shape, axis)) {
                    int shift = op.shift(shape, axis);
                    if ((pieces >> rolled++ & 1) == 0) {
                        dim -= shift; // the front piece moves back by the shift
                        target += shift * into[axis] * unit;
                    } else {
                        source += (dim - shift) * from[axis] * unit; // what leaves at the end comes in at the front
                        dim = shift;
                    }
                }
                copy.axis(dim, from[axis], into[axis]);
            }
            copy.run(source, target);
        }
    }

    private static boolean rolls(Roll op, Shape shape, int axis) {
        for (int i = 0; i < op.axes().size(); i++) {
            if (shape.axis("roll", op.axes().get(i)) == axis) {
                return true;
            }
        }
        return false;
    }
}
