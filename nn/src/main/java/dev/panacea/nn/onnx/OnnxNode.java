package dev.panacea.nn.onnx;

import dev.panacea.tensor.io.ProtoMessage;
import java.util.List;

/** A node of the graph: an operator of ONNX with its attributes and the names of what it reads and makes. */
final class OnnxNode {
    private static final int REAL = 1; // kinds of attributes
    private static final int INTEGER = 2;
    private static final int TEXT = 3;
    private static final int INTEGERS = 7;

    private final List<String> outputs;
    private final ProtoMessage message = new ProtoMessage();

    OnnxNode(String operator, String name, List<String> inputs, List<String> outputs) {
        this.outputs = outputs;
        inputs.forEach(input -> message.text(1, input));
        outputs.forEach(output -> message.text(2, output));
        message.text(3, name).text(4, operator);
    }

    OnnxNode with(String attribute, long value) {
        return with(new ProtoMessage().text(1, attribute).number(3, value).number(20, INTEGER));
    }

    OnnxNode with(String attribute, double value) {
        return with(new ProtoMessage().text(1, attribute).real(2, (float) value).number(20, REAL));
    }

    OnnxNode with(String attribute, String value) {
        return with(new ProtoMessage().text(1, attribute).text(4, value).number(20, TEXT));
    }

    OnnxNode with(String attribute, long[] values) {
        ProtoMessage list = new ProtoMessage().text(1, attribute);
        for (long value : values) {
            list.number(8, value);
        }
        return with(list.number(20, INTEGERS));
    }

    private OnnxNode with(ProtoMessage attribute) {
        message.message(5, attribute);
        return this;
    }

    /** The name of its only output. */
    String output() {
        return outputs.getFirst();
    }

    List<String> outputs() {
        return outputs;
    }

    ProtoMessage message() {
        return message;
    }
}
