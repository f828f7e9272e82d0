package dev.panacea.tensor.op;

import java.util.function.IntFunction;

/**
 * A linear map along one axis whose outputs each read a run of neighbouring inputs: output i is the sum over t of
 * {@code weights[offset[i] + t] · input[first[i] + t]}, for t below {@code offset[i + 1] - offset[i]}. Runs may be
 * empty; their starts and their ends never move backwards from one output to the next.
 *
 * @param inputs number of inputs
 * @param first first input of each output
 * @param offset first weight of each output, and at the end the number of weights
 * @param weights the weights of all outputs in order
 */
public record Taps(int inputs, int[] first, int[] offset, double[] weights) {
    /** What one output reads: inputs from {@code first} on, with these weights. */
    record Run(int first, double... weights) {}

    static Taps of(int inputs, int outputs, IntFunction<Run> runs) {
        int[] first = new int[outputs];
        int[] offset = new int[outputs + 1];
        double[][] weights = new double[outputs][];
        for (int i = 0; i < outputs; i++) {
            Run run = runs.apply(i);
            first[i] = run.first;
            weights[i] = run.weights;
            offset[i + 1] = offset[i] + run.weights.length;
        }
        double[] all = new double[offset[outputs]];
        for (int i = 0; i < outputs; i++) {
            System.arraycopy(weights[i], 0, all, offset[i], weights[i].length);
        }
        return new Taps(inputs, first, offset, all);
    }

    /** The mean of the inputs from {@code start} to {@code end}, exclusive, as if they were {@code count}. */
    static Run mean(int start, int end, int count) {
        double[] weights = new double[end - start];
        java.util.Arrays.fill(weights, 1.0 / count);
        return new Run(start, weights);
    }

    /** Number of outputs. */
    public int outputs() {
        return first.length;
    }

    /** Number of inputs that output {@code i} reads. */
    public int count(int i) {
        return offset[i + 1] - offset[i];
    }

    /** The transposed map, from gradients of the outputs to gradients of the inputs. */
    public Taps transposed() {
        int[] from = new int[1]; // runs move forward only, so the first output that reaches an input does so too
        return of(outputs(), inputs, input -> {
            while (from[0] < outputs() && first[from[0]] + count(from[0]) <= input) {
                from[0]++;
            }
            int end = from[0];
            while (end < outputs() && first[end] <= input) {
                end++;
            }
            double[] column = new double[end - from[0]];
            for (int i = 0; i < column.length; i++) {
                int output = from[0] + i;
                column[i] = weights[offset[output] + input - first[output]];
            }
            return new Run(from[0], column);
        });
    }
}
