package dev.panacea.tensor;

import java.util.Locale;

/** Prints a tensor: nested brackets, aligned columns, long axes shortened to three elements at each end. */
final class TensorText {
    private static final int FULL = 1000;
    private static final int EDGE = 3;

    private final Tensor tensor;
    private final boolean shorten;
    private final String format;
    private final StringBuilder text = new StringBuilder();

    private TensorText(Tensor tensor) {
        this.tensor = tensor;
        this.shorten = tensor.size() > FULL;
        this.format = format();
    }

    static String of(Tensor tensor) {
        if (tensor.isFreed()) {
            return "tensor(freed, " + tensor.spec() + ")";
        }
        TensorText printer = new TensorText(tensor.to(Backends.cpu()));
        printer.text.append("tensor(");
        printer.axis(0, new int[tensor.shape().rank()]);
        String device = tensor.backend() == Backends.cpu() ? "" : ", " + tensor.backend().name();
        return printer.text.append(", ").append(tensor.spec()).append(device).append(')').toString();
    }

    private String format() {
        if (!tensor.type().isFloat()) {
            return "%.0f";
        }
        double largest = 0;
        double smallest = Double.MAX_VALUE;
        boolean whole = true;
        long step = Math.max(1, tensor.size() / FULL);
        for (long i = 0; i < tensor.size(); i += step) {
            double value = Math.abs(tensor.flat(i));
            if (Double.isFinite(value)) {
                largest = Math.max(largest, value);
                smallest = value == 0 ? smallest : Math.min(smallest, value);
                whole &= value == Math.rint(value);
            }
        }
        if (largest >= 1e8 || largest != 0 && largest < 1e-4 || smallest < 1 && largest / smallest > 1e8) {
            return "%.4e";
        }
        return whole ? "%.0f." : "%.4f";
    }

    private void axis(int axis, int[] index) {
        if (axis == index.length) {
            double value = tensor.at(index);
            text.append(Double.isFinite(value)
                    ? String.format(Locale.ROOT, value < 0 || !tensor.type().isFloat() ? format : " " + format, value)
                    : " " + (Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf"));
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
            axis(axis + 1, index);
        }
        text.append(']');
    }
}
