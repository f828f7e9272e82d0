package dev.panacea.nn.onnx;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.ProtoMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A graph of ONNX while it is built: nodes in order, constants each once, and names that nothing else has. */
final class OnnxGraph {
    static final int FLOAT = 1; // element types
    static final int UINT8 = 2;
    static final int INT32 = 6;
    static final int INT64 = 7;
    static final int BOOL = 9;
    static final int DOUBLE = 11;

    /** What is fed or read; sizes are numbers, names, or empty where they have neither. */
    private record Value(String name, int type, List<String> dims) {
        ProtoMessage message() {
            ProtoMessage shape = new ProtoMessage();
            for (String dim : dims) {
                shape.message(1, dim.isEmpty() ? new ProtoMessage() : Character.isDigit(dim.charAt(0))
                        ? new ProtoMessage().number(1, Long.parseLong(dim)) : new ProtoMessage().text(2, dim));
            }
            ProtoMessage tensor = new ProtoMessage().number(1, type).message(2, shape);
            return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
        }

        @Override
        public String toString() {
            return name + " " + dims;
        }
    }

    /** What makes two constants the same. */
    private record Content(int type, List<Integer> dims, ByteBuffer bytes) {}

    private final List<OnnxNode> nodes = new ArrayList<>();
    private final List<ProtoMessage> initialisers = new ArrayList<>();
    private final List<Value> inputs = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private final Map<Tensor, String> tensors = new IdentityHashMap<>();
    private final Map<Content, String> contents = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private String place = "";
    private String batch; // null where nothing reads it

    /** Tells where the nodes that follow come from: what their names begin with. */
    void at(String where) {
        place = where;
    }

    /** A node with one output. */
    OnnxNode node(String operator, String... read) {
        return node(operator, 1, read);
    }

    OnnxNode node(String operator, int count, String... read) {
        String name = free(place + "/" + operator);
        List<String> made = new ArrayList<>(List.of(name));
        for (int output = 1; output < count; output++) {
            made.add(free(name + ":" + output));
        }
        OnnxNode node = new OnnxNode(operator, name, List.of(read), made);
        nodes.add(node);
        return node;
    }

    /** What nodes call an operand; a constant comes into the graph so. */
    String name(Operand operand) {
        if (!operand.isConstant() && operand.name() == null) {
            throw new ConfigException("onnx: " + operand.few() + ", a second result of an op, is read (need a network"
                    + " that reads the first alone)");
        }
        return operand.isConstant() ? constant(operand.constant(), operand.name()) : operand.name();
    }

    /** The size of the batch, a vector of one. */
    String batch() {
        if (batch == null) {
            String here = place;
            place = OnnxExport.BATCH;
            batch = node("Shape", OnnxExport.PICTURES).with("start", 0).with("end", 1).output();
            place = here;
        }
        return batch;
    }

    /** A parameter, or what was computed from one, under its name; constants without a name are shared. */
    private String constant(Tensor tensor, String name) {
        String known = tensors.get(tensor);
        if (known == null) {
            known = name == null ? shared(type(tensor.type()), tensor.shape(), bytes(tensor)) : free(name);
            tensors.put(tensor, known);
            if (name != null) {
                initialisers.add(initialiser(known, type(tensor.type()), tensor.shape()).elements(9, tensor));
            }
        }
        return known;
    }

    /** A vector of INT64. */
    String integers(long... values) {
        return integers(Shape.of(values.length), values);
    }

    String integers(Shape shape, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return shared(INT64, shape, bytes);
    }

    /** A scalar of FLOAT. */
    String real(double value) {
        return reals(Shape.SCALAR, value);
    }

    String reals(Shape shape, double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putFloat((float) value);
        }
        return shared(FLOAT, shape, bytes.flip());
    }

    private String shared(int type, Shape shape, ByteBuffer bytes) {
        List<Integer> dims = Arrays.stream(shape.dims()).boxed().toList();
        return contents.computeIfAbsent(new Content(type, dims, bytes), content -> {
            String name = free("constant");
            initialisers.add(initialiser(name, type, shape).bytes(9, bytes.array()));
            return name;
        });
    }

    private static ByteBuffer bytes(Tensor tensor) {
        double[] values = tensor.toDoubles();
        ByteBuffer bytes = ByteBuffer.allocate(values.length * tensor.type().byteSize())
                .order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            switch (tensor.type()) {
                case F64 -> bytes.putDouble(value);
                case I32 -> bytes.putInt((int) value);
                case U8 -> bytes.put((byte) value);
                default -> bytes.putFloat((float) value);
            }
        }
        return bytes.flip();
    }

    private static ProtoMessage initialiser(String name, int type, Shape shape) {
        ProtoMessage message = new ProtoMessage();
        for (int dim : shape.dims()) {
            message.number(1, dim);
        }
        return message.number(2, type).text(8, name);
    }

    /** The number that ONNX has for an element type. */
    static int type(ElementType type) {
        return switch (type) {
            case F32 -> FLOAT;
            case F64 -> DOUBLE;
            case I32 -> INT32;
            case U8 -> UINT8;
            case BF16 -> throw new ConfigException("onnx: elements are BF16 (need F32)");
        };
    }

    /** What is fed. */
    void input(Operand operand) {
        names.add(operand.name());
        inputs.add(value(operand.name(), operand, operand));
    }

    /** What is read, under a name of its own. */
    void output(String name, Operand from, Operand input) {
        if (!names.add(name)) {
            throw new ConfigException("onnx: output " + name + ": the name is taken (give it another)");
        }
        nodes.add(new OnnxNode("Identity", name, List.of(name(from)), List.of(name)));
        outputs.add(value(name, from, input));
    }

    private static Value value(String name, Operand operand, Operand input) {
        List<String> dims = new ArrayList<>();
        for (int axis = 0; axis < operand.rank(); axis++) {
            boolean open = operand.dims()[axis] < 0;
            boolean batch = open && operand.few().dim(axis) == input.few().dim(0);
            dims.add(batch ? OnnxExport.BATCH : open ? "" : Integer.toString(operand.few().dim(axis)));
        }
        return new Value(name, type(operand.few().type()), dims);
    }

    /** Input and outputs with their sizes, for people. */
    String signature() {
        return Stream.of(inputs, outputs).map(values -> values.stream().map(Value::toString)
                .collect(Collectors.joining(", "))).collect(Collectors.joining(" → "));
    }

    private String free(String wanted) {
        String name = wanted;
        for (int number = 2; !names.add(name); number++) {
            name = wanted + "_" + number;
        }
        return name;
    }

    ProtoMessage message(String name) {
        ProtoMessage graph = new ProtoMessage();
        nodes.forEach(node -> graph.message(1, node.message()));
        graph.text(2, name);
        initialisers.forEach(initialiser -> graph.message(5, initialiser));
        inputs.forEach(input -> graph.message(11, input.message()));
        outputs.forEach(output -> graph.message(12, output.message()));
        return graph;
    }
}
