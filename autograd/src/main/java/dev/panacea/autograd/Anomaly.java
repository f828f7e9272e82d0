package dev.panacea.autograd;

import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import java.util.List;

/** Looks for the first value that is not finite and names the op that made it. */
final class Anomaly {
    private Anomaly() {}

    static void checkOutputs(Op op, int position, List<Tensor> inputs, List<Tensor> outputs) {
        for (Tensor output : outputs) {
            String found = find(output);
            if (found != null) {
                StringBuilder from = new StringBuilder();
                for (Tensor input : inputs) {
                    from.append(from.isEmpty() ? "" : ", ").append(input.shape())
                            .append(find(input) == null ? " finite" : " not finite");
                }
                throw new AutogradException(op.name() + ": output of step " + position + " is not finite: " + found
                        + " (inputs: " + from + ")");
            }
        }
    }

    static void checkGradient(Op op, int position, int input, Tensor gradient) {
        String found = find(gradient);
        if (found != null) {
            throw new AutogradException(op.name() + ": gradient of step " + position + " by input " + input
                    + " is not finite: " + found + " (check the values that this step was given in forward)");
        }
    }

    private static String find(Tensor tensor) {
        if (!tensor.type().isFloat()) {
            return null;
        }
        double[] values = tensor.toDoubles();
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                return values[i] + " at element " + i + " of " + tensor.shape();
            }
        }
        return null;
    }
}
