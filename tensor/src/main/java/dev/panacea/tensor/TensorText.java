package dev.panacea.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleConsumer;

/** Prints a tensor: nested brackets, aligned columns, long axes shortened to three elements at each end. */
final class TensorText {
    private static final int FULL = 1000;
    private static final int EDGE = 3;

    private final Tensor tensor;
    private final boolean shorten;
    private final List<Double> shown = new ArrayList<>();
    private final StringBuilder text = new StringBuilder("tensor(");
    private String format; // chosen from the elements shown, once they are known
    private int width;

    private TensorText(Tensor tensor) {
        this.tensor = tensor;
        this.shorten = tensor.size() > FULL;
        int[] index = new int[tensor.shape().rank()];
        axis(0, index, value -> shown.add(value));
        format = format();
        width = shown.stream().mapToInt(value -> element(value).length()).max().orElse(0);
        text.setLength("tensor(".length());
        axis(0, index, value -> text.append(" ".repeat(width - element(value).length())).append(element(value)));
    }

    static String of(Tensor tensor) {
        if (tensor.isFreed()) {
            return "tensor(freed, " + tensor.spec() + ")";
        }
        String device = tensor.backend() == Backends.cpu() ? "" : ", " + tensor.backend().name();
        return new TensorText(tensor.to(Backends.cpu())).text + ", " + tensor.spec() + device + ")";
    }

    private String format() {
        if (!tensor.type().isFloat()) {
            return "%.0f";
        }
        double largest = 0;
        double smallest = Double.MAX_VALUE;
        boolean whole = true;
        for (double value : shown) {
            double size = Math.abs(value);
            if (Double.isFinite(size)) {
                largest = Math.max(largest, size);
                smallest = size == 0 ? smallest : Math.min(smallest, size);
                whole &= size == Math.rint(size);
            }
        }
        if (largest >= 1e8 || largest != 0 && largest < 1e-4 || smallest < 1 && largest / smallest > 1e8) {
            return "%.4e";
        }
        return whole ? "%.0f." : "%.4f";
    }

    private void axis(int axis, int[] index, DoubleConsumer element) {
        if (axis == index.length) {
            element.accept(tensor.at(index));
            return;
        }
        int dim = tensor.dim(axis);
        boolean last = axis == index.length - 1;
        text.append('[');
        for (int i = 0; i < dim; i++) {
            if (i > 0) {
                text.append(last ? ", " : ",\n" + " ".repeat("tensor(".length() + axis + 1));
            }
            if (shorten && dim > 2 * EDGE && i == EDGE) {
                text.append("...");
                i = dim - EDGE - 1;
                continue;
            }
            index[axis] = i;
            axis(axis + 1, index, element);
        }
        text.append(']');
    }

    private String element(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        return Double.isInfinite(value) ? value > 0 ? "inf" : "-inf" : String.format(Locale.ROOT, format, value);
    }
}
