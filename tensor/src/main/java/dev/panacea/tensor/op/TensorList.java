package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What the ops share that update a whole list of tensors in one call, as an optimiser does: inputs come in groups of
 * one shape, such as parameter, gradient and moments, after {@code first} inputs that are not in groups.
 */
final class TensorList {
    private TensorList() {}

    /** Checks that there are whole groups, each of one shape, and returns how many. */
    static int groups(Op op, List<Spec> in, int first, List<String> names) {
        int each = names.size();
        int groups = (in.size() - first) / each;
        if (in.size() - first < each || (in.size() - first) % each != 0) {
            throw new ShapeException(op.name() + ": " + in.size() + " inputs (need " + (first == 0 ? "" : "scale and ")
                    + String.join(", ", names) + " for each tensor)");
        }
        Check.floats(op, in);
        for (int group = 0; group < groups; group++) {
            int at = first + group * each;
            for (int k = 1; k < each; k++) {
                if (!in.get(at + k).shape().equals(in.get(at).shape())) {
                    throw new ShapeException(op.name() + ": " + names.get(k) + " of tensor " + group + " is "
                            + in.get(at + k).shape() + " (need " + in.get(at).shape() + ")");
                }
            }
        }
        return groups;
    }

    /** Shapes of an optimiser's update: a scale, one for all or one for each, then groups with the gradient second. */
    static List<Spec> update(Op op, List<Spec> in, List<String> names) {
        int groups = groups(op, in, 1, names);
        Spec scale = in.getFirst();
        if (scale.rank() != 0 && !scale.shape().equals(Shape.of(groups))) {
            throw new ShapeException(op.name() + ": scale is " + scale.shape() + " (need [] or [" + groups + "])");
        }
        List<Spec> out = new ArrayList<>(groups * (names.size() - 1));
        for (int i = 1; i < in.size(); i++) {
            if ((i - 1) % names.size() != 1) {
                out.add(in.get(i));
            }
        }
        return out;
    }

    /** Whether an update may write output {@code output} over input {@code input}: each over what it updates. */
    static boolean inPlace(int each, int output, int input) {
        int role = output % (each - 1);
        return input == 1 + output / (each - 1) * each + (role == 0 ? 0 : role + 1);
    }

    /** The gradient of tensor {@code group} at one element, scaled. */
    static double gradient(Tensor[] in, int each, int group, long element) {
        return in[2 + group * each].flat(element) * in[0].flat(in[0].shape().rank() == 0 ? 0 : group);
    }

    /** Sizes around a vector, more than one chunk, a scalar and nothing; {@code kinds} has the inputs of a group. */
    static Sample sample(Op op, Input scale, Input... kinds) {
        List<Input> inputs = new ArrayList<>();
        if (scale != null) {
            inputs.add(scale);
        }
        for (int[] dims : new int[][] {{7}, {3, 5, 17}, {0, 3}, {}, {131, 257}, {64}, {0}}) {
            for (Input kind : kinds) {
                inputs.add(kind.sized(dims));
            }
        }
        return new Sample(op, inputs, 1e-5, 1);
    }

    /** Number of tensors in {@link #sample}. */
    static final int SAMPLED = 7;
}
