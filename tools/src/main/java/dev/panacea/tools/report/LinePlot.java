package dev.panacea.tools.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Curves over the steps as SVG. Text, not pixels: it follows the colours of the page, needs none of the machine's
 * fonts, which servers lack, and the page's script can tell the values under the pointer.
 */
final class LinePlot {
    private static final int HEIGHT = 220;
    private static final String LEVEL = "level";
    private static final String MARK = "mark";
    private static final int POINTS = 400; // along a curve, at most

    /** A curve: thin and light where it is what was measured, beside its mean. */
    private record Curve(String name, String kind, double[] x, double[] y) {}

    private final String title;
    private final String unit;
    private final double[] steps;
    private final List<Curve> curves = new ArrayList<>();
    private boolean fromZero;
    private int colours;

    /**
     * An empty plot.
     *
     * @param unit what the numbers are, along the axis
     */
    LinePlot(String title, String unit, double[] steps) {
        this.title = title;
        this.unit = unit;
        this.steps = steps;
    }

    /** Numbers that follow a schedule, drawn as they are. */
    LinePlot exact(String name, double[] values) {
        curves.add(thinned(name, "c" + colours++, values));
        return this;
    }

    /** Numbers of steps, drawn light, and their moving mean. */
    LinePlot noisy(String name, double[] values) {
        if (Arrays.stream(values).anyMatch(Double::isFinite)) {
            curves.addFirst(thinned("", "c" + colours + " raw", values)); // below all means
            curves.add(thinned(name, "c" + colours++, smooth(values)));
        }
        return this;
    }

    /** A level to compare with. */
    LinePlot level(String name, double value) {
        double[] ends = {steps[0], steps[steps.length - 1]};
        curves.add(new Curve(name, LEVEL, ends, new double[] {value, value}));
        return this;
    }

    /** One value that stands out. */
    LinePlot mark(String name, double step, double value) {
        curves.add(new Curve(name, MARK, new double[] {step}, new double[] {value}));
        return this;
    }

    /** Begins the axis at 0. */
    LinePlot fromZero() {
        fromZero = true;
        return this;
    }

    /** A mean over some steps on either side. */
    static double[] smooth(double[] values) {
        int reach = Math.max(1, values.length / 40);
        double[] smooth = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            smooth[i] = Arrays.stream(values, Math.max(0, i - reach), Math.min(values.length, i + reach + 1))
                    .filter(Double::isFinite).average().orElse(Double.NaN);
        }
        return smooth;
    }

    /** Means of neighbours, so that long runs have short curves. */
    private Curve thinned(String name, String kind, double[] values) {
        int each = Math.ceilDiv(values.length, POINTS);
        int count = Math.ceilDiv(values.length, each);
        double[] x = new double[count];
        double[] y = new double[count];
        for (int i = 0; i < count; i++) {
            int end = Math.min(values.length, (i + 1) * each);
            x[i] = Arrays.stream(steps, i * each, end).average().orElseThrow();
            y[i] = Arrays.stream(values, i * each, end).filter(Double::isFinite).average().orElse(Double.NaN);
        }
        return new Curve(name, kind, x, y);
    }

    /** The figure as HTML; nothing where there is nothing to draw. */
    String html() {
        double[] all = curves.stream().flatMapToDouble(c -> Arrays.stream(c.y)).filter(Double::isFinite).toArray();
        if (all.length == 0 || curves.stream().allMatch(curve -> curve.kind.equals(LEVEL))) {
            return "";
        }
        double low = fromZero ? 0 : Arrays.stream(all).min().orElseThrow();
        double high = Arrays.stream(all).max().orElseThrow();
        double margin = high > low ? 0.05 * (high - low) : Math.max(1e-9, 0.1 * Math.abs(high));
        Frame frame = Frame.of(HEIGHT, steps[0], Math.max(steps[0] + 1, steps[steps.length - 1]))
                .up(fromZero ? 0 : low - margin, high + margin);
        StringBuilder svg = new StringBuilder(Frame.caption(title));
        curves.stream().filter(curve -> !curve.name.isEmpty()).forEach(curve -> svg.append(
                Frame.key(curve.kind, curve.name)));
        svg.append("</figcaption>").append(frame.begin(title, "step", unit, frame.places()));
        for (Curve curve : curves) {
            svg.append(curve.kind.equals(MARK) ? frame.dot(MARK, curve.x[0], curve.y[0])
                    : frame.line(curve.kind, curve.name, curve.x, curve.y));
        }
        return svg.append("</svg></figure>\n").toString();
    }
}
