package dev.panacea.autograd;

import java.util.List;

/** The steps of a tape as text, one line each, and in the dot language of Graphviz. */
public final class GraphText {
    private final List<Node> nodes;

    GraphText(List<Node> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** The steps in the order of their recording. */
    public List<GraphStep> steps() {
        return nodes.stream().map(node -> new GraphStep(node.name(), attributes(node), node.inputs, node.outputs,
                node.savedBytes())).toList();
    }

    /** One line for each step: {@code %5 F32 [2, 3] = softmax(%4)   saves 24 bytes}. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Node node : nodes) {
            String inputs = String.join(", ", node.inputs.stream().map(GraphText::name).toList());
            text.append(name(node.output())).append(' ').append(node.output().spec()).append(" = ")
                    .append(attributes(node)).append('(').append(inputs).append(')');
            if (node.savedBytes() > 0) {
                text.append("   saves ").append(node.savedBytes()).append(" bytes");
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** A drawing for Graphviz: boxes are steps, ellipses are leaves, arrows carry shapes. */
    public String dot() {
        StringBuilder dot = new StringBuilder("digraph tape {\n  rankdir=TB;\n  node [fontname=Helvetica];\n");
        for (Node node : nodes) {
            String id = "n" + node.output().number();
            dot.append("  ").append(id).append(" [shape=box, label=\"").append(attributes(node).replace("\"", "'"))
                    .append("\"];\n");
            for (Variable input : node.inputs) {
                String from = "n" + input.number();
                if (nodes.stream().noneMatch(other -> other.output() == input)) {
                    dot.append("  ").append(from).append(" [shape=ellipse, label=\"")
                            .append(input.requiresGradient() ? "leaf " : "constant ").append(input.shape())
                            .append("\"];\n");
                }
                dot.append("  ").append(from).append(" -> ").append(id).append(" [label=\"").append(input.shape())
                        .append("\"];\n");
            }
        }
        return dot.append("}\n").toString();
    }

    /** The text. */
    @Override
    public String toString() {
        return text();
    }

    private static String attributes(Node node) {
        if (node.op == null) {
            return "checkpoint";
        }
        String record = node.op.toString();
        String inside = record.substring(record.indexOf('[') + 1, record.lastIndexOf(']'));
        return node.name() + (inside.isEmpty() ? "" : "[" + inside + "]");
    }

    private static String name(Variable variable) {
        return (variable.requiresGradient() ? "%" : "#") + variable.number();
    }
}
