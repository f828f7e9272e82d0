package dev.panacea.tools.lesson;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What one part of a step did.
 *
 * @param name the class
 * @param in shapes of what it was given
 * @param out shapes of what it made
 * @param numbers of what it made
 * @param milliseconds how long it took
 */
record Room(String name, List<Shape> in, List<Shape> out, Statistics numbers, double milliseconds) {
    /** What stands above the lines. */
    static final String HEAD = "%-16s %-62s %9s %9s %9s %9s %10s".formatted("room", "in → out", "min", "mean", "max",
            "ms", "bytes");
    private static final int FEW = 4;

    /**
     * Of some tensors together.
     *
     * @param least smallest value, NaN without any
     * @param mean their mean
     * @param most largest value
     * @param count number of values
     * @param bytes that they take
     */
    record Statistics(double least, double mean, double most, long count, long bytes) {
        static Statistics of(float[] values) {
            return of(List.of(values), 4L * values.length);
        }

        static Statistics of(List<float[]> tensors, long bytes) {
            double least = Double.NaN;
            double most = Double.NaN;
            double sum = 0;
            long count = 0;
            for (float[] values : tensors) {
                for (float value : values) {
                    least = value >= least ? least : value;
                    most = value <= most ? most : value;
                    sum += value;
                }
                count += values.length;
            }
            return new Statistics(least, sum / count, most, count, bytes);
        }
    }

    static List<Shape> shapes(List<? extends TensorOps<?>> tensors) {
        return tensors.stream().map(tensor -> tensor.spec().shape()).toList();
    }

    /** A line of the table. */
    String line() {
        return String.format(Locale.ROOT, "%-16s %-62s %9s %9s %9s %9.2f %10s", name, way(), number(numbers.least),
                number(numbers.mean), number(numbers.most), milliseconds, Sizes.bytes(numbers.bytes));
    }

    private String way() {
        String to = said(out);
        return (in.isEmpty() ? "" : said(in) + " ") + "→ " + (to.isEmpty() ? "a line of numbers" : to);
    }

    /** Equal shapes are counted; many are summed up. */
    private String said(List<Shape> shapes) {
        if (shapes.size() > FEW) {
            return "%,d tensors".formatted(shapes.size())
                    + (shapes == out ? ", %,d values".formatted(numbers.count) : "");
        }
        return shapes.stream().distinct().map(shape -> {
            long times = shapes.stream().filter(shape::equals).count();
            return (times > 1 ? times + " × " : "") + shape;
        }).collect(Collectors.joining(", "));
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return Double.isNaN(value) ? "" : value == 0 ? "0" : size < 1e-3 || size >= 1e5
                ? String.format(Locale.ROOT, "%.1e", value) : String.format(Locale.ROOT, "%.4f", value);
    }

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("room", name);
        add(node, "in", in);
        add(node, "out", out);
        if (!Double.isNaN(numbers.mean)) {
            node.put("min", numbers.least).put("mean", numbers.mean).put("max", numbers.most);
        }
        return node.put("milliseconds", milliseconds).put("bytes", numbers.bytes);
    }

    private static void add(ObjectNode node, String key, List<Shape> shapes) {
        node.putArray(key);
        for (Shape shape : shapes) {
            Arrays.stream(shape.dims()).forEach(node.withArray(key).addArray()::add);
        }
    }
}
