package dev.panacea.tools.lesson;

import dev.panacea.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * The tape of a step as boxes and arrows.
 *
 * @param boxes what was computed, in its order, and what was read
 * @param arrows what flows from box to box
 */
record StepGraph(List<Box> boxes, List<Arrow> arrows) {
    /** What a box stands for. */
    enum Kind { OPS, PARAMETER, CONSTANT }

    /**
     * One or several ops, or something that they read.
     *
     * @param kind which of them
     * @param room the part of the step, such as {@code Student.encode}
     * @param title module or op
     * @param lines what is to be said of it
     */
    record Box(Kind kind, String room, String title, List<String> lines) {}

    /**
     * A tensor on its way.
     *
     * @param from number of the box that made it
     * @param to number of the box that reads it
     * @param shapes of what flows
     */
    record Arrow(int from, int to, List<Shape> shapes) {
        String label() {
            return shapes.size() <= 2 ? String.join(", ", shapes.stream().map(Shape::toString).toList())
                    : shapes.size() + " tensors";
        }
    }

    /** In the dot language of Graphviz. */
    String dot(Map<String, String> colours) {
        StringBuilder dot = new StringBuilder("digraph step {\n  rankdir=TB;\n"
                + "  node [fontname=Helvetica, style=filled];\n  edge [fontname=Helvetica, fontsize=10];\n");
        for (int i = 0; i < boxes.size(); i++) {
            Box box = boxes.get(i);
            dot.append("  n").append(i).append(" [shape=").append(box.kind == Kind.OPS ? "box" : "ellipse")
                    .append(", fillcolor=\"").append(colours.get(box.room)).append("\", label=\"")
                    .append(escaped(box.title));
            box.lines.forEach(line -> dot.append("\\n").append(escaped(line)));
            dot.append("\"];\n");
        }
        for (Arrow arrow : arrows) {
            dot.append("  n").append(arrow.from).append(" -> n").append(arrow.to).append(" [label=\"")
                    .append(escaped(arrow.label())).append("\"];\n");
        }
        return dot.append("}\n").toString();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
