package dev.panacea.autograd;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Compares a computation's gradient with central differences in F64. The output is reduced to a scalar by fixed random
 * weights, so that every output element counts and errors cannot cancel.
 */
public final class GradientCheck {
    private static final double STEP = 1e-5;
    private static final int MOST_ELEMENTS = 300;

    /**
     * The outcome.
     *
     * @param elements how many partial derivatives were compared
     * @param worst the largest error, relative to the larger of 1 and the derivative
     * @param input the input with the largest error, or -1
     * @param element the element with the largest error, row-major
     * @param analytic what backward says there
     * @param numeric what central differences say there
     */
    public record Result(long elements, double worst, int input, long element, double analytic, double numeric) {
        /** One line. */
        @Override
        public String toString() {
            return "%d partial derivatives, worst relative error %.2e".formatted(elements, worst)
                    + (input < 0 ? "" : " at input %d element %d: backward %.9g, difference %.9g"
                            .formatted(input, element, analytic, numeric));
        }
    }

    private GradientCheck() {}

    /**
     * Checks the gradient by every float input; of large inputs 300 elements are drawn.
     *
     * @param function the computation, deterministic
     * @param inputs contiguous F64 tensors on the CPU (others are constants); nudged in place and restored
     * @param seed of the weights and of the drawing
     */
    public static Result run(Function<List<Variable>, Variable> function, List<Tensor> inputs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (MemoryScope _ = MemoryScope.open("gradient check"); Tape tape = new Tape()) {
            List<Variable> leaves = variables(tape, inputs);
            Variable output = function.apply(leaves);
            Tensor weights = Tensor.zeros(ElementType.F64, output.shape().dims());
            for (long i = 0; i < weights.size(); i++) {
                weights.flat(i, 0.5 + random.nextDouble());
            }
            Gradients gradients = tape.backward(output, weights);
            Result result = new Result(0, 0, -1, 0, 0, 0);
            for (int k = 0; k < inputs.size(); k++) {
                Tensor input = inputs.get(k);
                if (!leaves.get(k).requiresGradient()) {
                    continue;
                }
                double[] analytic = gradients.find(leaves.get(k)).map(Tensor::toDoubles)
                        .orElseGet(() -> new double[(int) input.size()]);
                for (int i : elements(input, random)) {
                    double numeric = difference(function, inputs, weights, input, i);
                    double error = Math.abs(analytic[i] - numeric)
                            / Math.max(1, Math.max(Math.abs(analytic[i]), Math.abs(numeric)));
                    result = error > result.worst || Double.isNaN(error)
                            ? new Result(result.elements + 1, error, k, i, analytic[i], numeric)
                            : new Result(result.elements + 1, result.worst, result.input, result.element,
                                    result.analytic, result.numeric);
                }
            }
            return result;
        }
    }

    private static int[] elements(Tensor input, SplittableRandom random) {
        int size = (int) input.size();
        return size <= MOST_ELEMENTS
                ? IntStream.range(0, size).toArray()
                : random.ints(MOST_ELEMENTS, 0, size).toArray();
    }

    private static double difference(Function<List<Variable>, Variable> function, List<Tensor> inputs, Tensor weights,
            Tensor input, int element) {
        double x = input.flat(element);
        double step = STEP * Math.max(1, Math.abs(x));
        input.flat(element, x + step);
        double above = weighted(function, inputs, weights);
        input.flat(element, x - step);
        double below = weighted(function, inputs, weights);
        input.flat(element, x);
        return (above - below) / (2 * step);
    }

    private static double weighted(Function<List<Variable>, Variable> function, List<Tensor> inputs, Tensor weights) {
        try (MemoryScope _ = MemoryScope.open("difference"); Tape tape = new Tape()) {
            Tensor output = function.apply(variables(tape, inputs)).value();
            double sum = 0;
            for (long i = 0; i < output.size(); i++) {
                sum += output.flat(i) * weights.flat(i);
            }
            return sum;
        }
    }

    private static List<Variable> variables(Tape tape, List<Tensor> inputs) {
        return inputs.stream()
                .map(input -> input.type().isFloat() ? tape.variable(input) : tape.constant(input))
                .toList();
    }
}
