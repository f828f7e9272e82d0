package dev.panacea.tensor;

import dev.panacea.tensor.op.Op;
import java.util.List;

/** What must hold of tensors that an op is to write into. */
final class Destinations {
    private Destinations() {}

    static void check(Op op, Backend backend, List<Tensor> inputs, List<Spec> promised, List<Tensor> outputs) {
        if (outputs.size() != promised.size()) {
            throw new ShapeException(op.name() + ": " + outputs.size() + " outputs (need " + promised.size() + ")");
        }
        for (int i = 0; i < outputs.size(); i++) {
            Tensor output = outputs.get(i);
            if (output.backend() != backend) {
                throw new BackendException(op.name() + ": output " + i + " is on " + output.backend().name()
                        + ", inputs are on " + backend.name() + " (move one: tensor.to(backend))");
            }
            if (!output.spec().equals(promised.get(i))) {
                throw new ShapeException(op.name() + ": output " + i + " is " + output.spec() + " (need "
                        + promised.get(i) + ")");
            }
            if (!output.isContiguous()) {
                throw new ShapeException(op.name() + ": output " + i + " of shape " + output.shape()
                        + " is not contiguous (need a tensor of its own)");
            }
        }
        overlaps(op, inputs, outputs);
    }

    /** Compares addresses, since tensors may be parts of one block of memory that do not meet. */
    private static void overlaps(Op op, List<Tensor> inputs, List<Tensor> outputs) {
        int count = inputs.size();
        long[] from = new long[count + outputs.size()];
        long[] to = new long[from.length];
        for (int k = 0; k < from.length; k++) {
            Tensor tensor = k < count ? inputs.get(k) : outputs.get(k - count);
            long unit = tensor.type().byteSize();
            from[k] = tensor.address() + back(tensor.layout()) * unit;
            to[k] = tensor.size() == 0 ? from[k]
                    : tensor.address() + (tensor.layout().end() - tensor.layout().offset()) * unit;
        }
        for (int output = 0; output < outputs.size(); output++) {
            long start = from[count + output];
            long end = to[count + output];
            for (int k = 0; k < count + output; k++) {
                if (from[k] < end && start < to[k]) {
                    overlap(op, inputs, outputs, output, k);
                }
            }
        }
    }

    /** How far before its first element a layout with negative strides reaches; 0 or less. */
    private static long back(Layout layout) {
        long back = 0;
        for (int axis = 0; axis < layout.strides().length; axis++) {
            back += Math.min(0, (layout.shape().dim(axis) - 1) * layout.strides()[axis]);
        }
        return back;
    }

    private static void overlap(Op op, List<Tensor> inputs, List<Tensor> outputs, int output, int other) {
        int count = inputs.size();
        if (other >= count) {
            throw new ShapeException(op.name() + ": outputs " + (other - count) + " and " + output
                    + " overlap in memory (need a tensor for each)");
        }
        Tensor input = inputs.get(other);
        boolean same = input.isContiguous() && input.address() == outputs.get(output).address()
                && input.spec().equals(outputs.get(output).spec());
        if (!same || !op.inPlace(output, other)) {
            throw new ShapeException(op.name() + ": output " + output + " overlaps input " + other + " in memory ("
                    + (op.inPlace(output, other) ? "need the input itself, or" : "need") + " a tensor of its own)");
        }
    }
}
