package dev.panacea.nn.onnx;

import dev.panacea.nn.Parameter;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The ops of one evaluation, in order. Values are numbered as they are made, alike for batches of any size. */
final class Recording implements Pass<OnnxValue> {
    /** An op that was called. */
    record Step(Op op, List<OnnxValue> inputs, List<OnnxValue> outputs) {
        /** Whether both are calls of one op, with attributes of any kind, on the same values. */
        boolean isLike(Step other) {
            return op.getClass() == other.op.getClass() && numbers(inputs).equals(numbers(other.inputs))
                    && numbers(outputs).equals(numbers(other.outputs));
        }

        private static List<Integer> numbers(List<OnnxValue> values) {
            return values.stream().map(OnnxValue::number).toList();
        }
    }

    private final List<OnnxValue> values = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<Parameter, OnnxValue> parameters = new IdentityHashMap<>();

    OnnxValue input(Spec spec) {
        return value(spec, null, null);
    }

    OnnxValue constant(Tensor elements, String name) {
        return value(elements.spec(), elements, name);
    }

    private OnnxValue value(Spec spec, Tensor constant, String name) {
        OnnxValue value = new OnnxValue(this, values.size(), spec, constant, name);
        values.add(value);
        return value;
    }

    List<OnnxValue> apply(Op op, List<OnnxValue> inputs) {
        List<OnnxValue> outputs = op.shapes(inputs.stream().map(OnnxValue::spec).toList()).stream()
                .map(spec -> value(spec, null, null)).toList();
        steps.add(new Step(op, List.copyOf(inputs), outputs));
        return outputs;
    }

    List<OnnxValue> values() {
        return values;
    }

    List<Step> steps() {
        return steps;
    }

    /** Which values some others are made from, themselves among them. */
    BitSet needed(Iterable<OnnxValue> results) {
        BitSet needed = new BitSet();
        results.forEach(result -> needed.set(result.number()));
        for (Step step : steps.reversed()) {
            if (step.outputs.stream().anyMatch(output -> needed.get(output.number()))) {
                step.inputs.forEach(input -> needed.set(input.number()));
            }
        }
        return needed;
    }

    @Override
    public boolean training() {
        return false;
    }

    @Override
    public OnnxValue of(Parameter parameter) {
        return parameters.computeIfAbsent(parameter, p -> constant(p.value(), p.path()));
    }

    @Override
    public RandomSource random() {
        return EVALUATION.random();
    }

    @Override
    public void update(Parameter buffer, double keep, OnnxValue value, double add) {
        throw new IllegalStateException("pass: evaluation changes no buffer (ask training() first)");
    }

    @Override
    public OnnxValue block(OnnxValue input, boolean recompute, UnaryOperator<OnnxValue> body) {
        return body.apply(input);
    }
}
