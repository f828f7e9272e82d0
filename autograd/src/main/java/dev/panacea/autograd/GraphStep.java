package dev.panacea.autograd;

import java.util.List;

/**
 * One recorded step of a {@link Tape}, for those who draw or count.
 *
 * @param op the op's name; {@code checkpoint} for a part that backward computes again
 * @param text the op with its attributes, such as {@code softmax[axis=-1]}
 * @param inputs what it read; leaves are parameters and constants
 * @param outputs what it made
 * @param savedBytes what it keeps for backward
 */
public record GraphStep(String op, String text, List<Variable> inputs, List<Variable> outputs, long savedBytes) {
    /** Copies the lists. */
    public GraphStep {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
