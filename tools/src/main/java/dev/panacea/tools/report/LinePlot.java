package dev.panacea.tools.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Curves over the steps as SVG. Text, not pixels: it follows the colours of the page, needs none of the machine's
 * fonts, which servers lack, and the page's script can tell the values under the pointer.
 */
final class LinePlot {
    private static final int WIDTH = 380;
    private static final int HEIGHT = 220;
    private static final int LEFT = 50;
    private static final int RIGHT = 8;
    private static final int TOP = 8;
    private static final int BOTTOM = 36;
    private static final String LEVEL = "level";
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
        Axis y = new Axis(fromZero ? 0 : low - margin, high + margin, HEIGHT - BOTTOM, TOP);
        Axis x = new Axis(steps[0], Math.max(steps[0] + 1, steps[steps.length - 1]), LEFT, WIDTH - RIGHT);
        StringBuilder svg = new StringBuilder("<figure class=\"plot\"><figcaption><b>").append(Page.escaped(title))
                .append("</b>");
        curves.stream().filter(curve -> !curve.name.isEmpty()).forEach(curve -> svg.append(" <span class=\"key ")
                .append(curve.kind).append("\">").append(Page.escaped(curve.name)).append("</span>"));
        svg.append(text("</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\" data-x=\"%s,%s,%d,%d\""
                + " data-y=\"%s,%s,%d,%d\">", WIDTH, HEIGHT, Page.escaped(title), x.low, x.high, LEFT, WIDTH - RIGHT,
                y.low, y.high, HEIGHT - BOTTOM, TOP));
        for (double tick : y.ticks(5)) {
            svg.append(text("<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" class=\"end\">%s</text>",
                    LEFT, y.at(tick), WIDTH - RIGHT, LEFT - 5, y.at(tick) + 3.5, number(tick)));
        }
        for (double tick : x.ticks(6)) {
            svg.append(text("<text x=\"%.1f\" y=\"%d\" class=\"mid\">%s</text>", x.at(tick), HEIGHT - BOTTOM + 14,
                    number(tick)));
        }
        svg.append(text("<text x=\"%d\" y=\"%d\" class=\"mid dim\">step</text><text transform=\"translate(10 %d)"
                + " rotate(-90)\" class=\"mid dim\">%s</text>", (LEFT + WIDTH) / 2, HEIGHT - 6, (TOP + HEIGHT - BOTTOM)
                / 2, Page.escaped(unit)));
        for (Curve curve : curves) {
            svg.append("<polyline class=\"").append(curve.kind).append("\" data-name=\"")
                    .append(Page.escaped(curve.name)).append("\" points=\"");
            for (int i = 0; i < curve.x.length; i++) {
                if (Double.isFinite(curve.y[i])) {
                    svg.append(text("%.1f,%.2f ", x.at(curve.x[i]), y.at(curve.y[i])));
                }
            }
            svg.append("\"/>");
        }
        return svg.append("</svg></figure>\n").toString();
    }

    /** From numbers to places. */
    private record Axis(double low, double high, double from, double to) {
        double at(double value) {
            return from + (value - low) / (high - low) * (to - from);
        }

        /** Some round numbers inside: 1, 2 or 5 of a power of ten apart. */
        double[] ticks(int about) {
            double rough = (high - low) / about;
            double power = Math.pow(10, Math.floor(Math.log10(rough)));
            double apart = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
            long first = (long) Math.ceil(low / apart - 1e-9);
            long last = (long) Math.floor(high / apart + 1e-9);
            double[] ticks = new double[(int) (last - first + 1)];
            for (int i = 0; i < ticks.length; i++) {
                ticks[i] = (first + i) * apart;
            }
            return ticks;
        }
    }

    /** A number in few letters: 0.25, 12, 1e-4. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size > 0 && size < 1e-3 || size >= 1e6) {
            String text = text("%.2e", value);
            int at = text.indexOf('e');
            String digits = text.substring(0, at).replaceAll("\\.?0+$", "");
            return digits + "e" + Integer.parseInt(text.substring(at + 1));
        }
        String text = text(size >= 100 ? "%.0f" : size >= 1 ? "%.3f" : "%.4f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
