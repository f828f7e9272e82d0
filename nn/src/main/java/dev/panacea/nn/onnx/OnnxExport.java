package dev.panacea.nn.onnx;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Expand;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Reshape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Turns a network into ONNX by running it without elements.
 *
 * <pre>{@code
 * OnnxExport.anyBatch(Shape.of(3, 224, 224), (pictures, pass) -> {
 *     SequencedMap<String, OnnxValue> outputs = new LinkedHashMap<>();
 *     outputs.put("logits", classifier.forward(pictures, pass));
 *     return outputs;
 * }).with("labels", "healthy,ill").write(Path.of("classifier.onnx"));
 * }</pre>
 *
 * <p>What follows from constants alone is computed here. Where batches of any size are asked for, the network runs for
 * two of them: sizes that differ are those that depend on the batch.
 */
public final class OnnxExport {
    /** The name of the network's input. */
    public static final String PICTURES = "pictures";
    /** The name of the axis whose size is free. */
    static final String BATCH = "batch";
    private static final int FEW = 2;
    private static final int MANY = 3;

    private final Recording few = new Recording();
    private final Recording many = new Recording();
    private final OnnxGraph graph = new OnnxGraph();
    private final List<Operand> operands = new ArrayList<>(); // by the number of their value

    private OnnxExport() {}

    /**
     * A network for batches of any size.
     *
     * @param picture channels, rows and columns of each
     * @throws ConfigException if the network has an op that ONNX cannot express, or does not treat all batches alike
     */
    public static OnnxModel anyBatch(Shape picture, OnnxNetwork network) {
        if (picture.rank() != 3) {
            throw new ShapeException("onnx: a picture is " + picture + " (need [C, H, W])");
        }
        return new OnnxExport().export(batch(FEW, picture), batch(MANY, picture), network);
    }

    private static Shape batch(int size, Shape picture) {
        return Shape.of(size, picture.dim(0), picture.dim(1), picture.dim(2));
    }

    /**
     * A network for input of one shape alone, as some devices want it.
     *
     * @param pictures usually [B, C, H, W]
     * @throws ConfigException if the network has an op that ONNX cannot express
     */
    public static OnnxModel fixed(Shape pictures, OnnxNetwork network) {
        return new OnnxExport().export(pictures, pictures, network);
    }

    private OnnxModel export(Shape pictures, Shape more, OnnxNetwork network) {
        Spec spec = new Spec(pictures, ElementType.F32);
        Map<String, OnnxValue> outputs = network.outputs(few.input(spec), few);
        network.outputs(many.input(spec.with(more)), many);
        pair();
        graph.input(operands.getFirst());
        nodes(few.needed(outputs.values()), new OnnxNodes(graph, new Sizes(graph, pictures, more)));
        outputs.forEach((name, value) -> graph.output(name, operands.get(value.number()), operands.getFirst()));
        return new OnnxModel(graph.message("panacea"), graph.signature());
    }

    /** Each value beside what it is for the larger batch. */
    private void pair() {
        boolean alike = few.values().size() == many.values().size() && few.steps().size() == many.steps().size();
        for (int at = 0; alike && at < few.steps().size(); at++) {
            alike = few.steps().get(at).isLike(many.steps().get(at));
        }
        for (int number = 0; alike && number < few.values().size(); number++) {
            OnnxValue value = few.values().get(number);
            OnnxValue other = many.values().get(number);
            alike = value.isLike(other);
            operands.add(new Operand(number == 0 ? PICTURES : value.name(), value.constant(), value.spec(),
                    other.spec().shape()));
        }
        if (!alike) {
            throw new ConfigException("onnx: the network does not do the same with " + FEW + " pictures and with "
                    + MANY + " (need one that does, or a fixed batch)");
        }
    }

    private void nodes(BitSet needed, OnnxNodes table) {
        for (int at = 0; at < few.steps().size(); at++) {
            Recording.Step step = few.steps().get(at);
            if (step.outputs().stream().noneMatch(output -> needed.get(output.number()))) {
                continue;
            }
            List<Operand> inputs = step.inputs().stream().map(value -> operands.get(value.number())).toList();
            List<Operand> outputs = step.outputs().stream().map(value -> operands.get(value.number())).toList();
            boolean same = step.op().equals(many.steps().get(at).op());
            List<Operand> made;
            if (same && inputs.stream().allMatch(Operand::isConstant)) {
                made = computed(step.op(), inputs, outputs);
            } else if (same || step.op() instanceof Reshape || step.op() instanceof Expand) {
                graph.at(place(step.op(), inputs));
                List<String> names = table.of(step.op(), inputs, outputs);
                made = IntStream.range(0, names.size()).mapToObj(i -> outputs.get(i).named(names.get(i))).toList();
            } else {
                throw new ConfigException("onnx: op " + step.op().name() + ": depends on the batch: " + step.op()
                        + " for " + FEW + " pictures (need a fixed batch)");
            }
            for (int i = 0; i < made.size(); i++) {
                operands.set(step.outputs().get(i).number(), made.get(i));
            }
        }
    }

    /** What follows from constants, under the name of the first of them. */
    private static List<Operand> computed(Op op, List<Operand> inputs, List<Operand> outputs) {
        List<Tensor> constants = inputs.stream().map(Operand::constant).toList();
        List<Tensor> results = constants.getFirst().apply(op, constants);
        return IntStream.range(0, results.size())
                .mapToObj(i -> outputs.get(i).named(inputs.getFirst().name()).holding(results.get(i))).toList();
    }

    /** The layer, where a parameter tells it; else the op. */
    private static String place(Op op, List<Operand> inputs) {
        return inputs.stream().filter(Operand::isConstant).map(Operand::name).filter(Objects::nonNull)
                .filter(name -> name.indexOf('.') > 0).map(name -> name.substring(0, name.lastIndexOf('.')))
                .findFirst().orElse(op.name());
    }
}
