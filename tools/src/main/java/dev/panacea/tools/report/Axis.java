package dev.panacea.tools.report;

import java.util.Locale;

/**
 * From numbers to places.
 *
 * @param low number at the place {@code from}
 * @param high number at the place {@code to}
 */
record Axis(double low, double high, double from, double to) {
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

    /** A number in few letters: 0.25, 12, 1e-4. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size > 0 && size < 1e-3 || size >= 1e6) {
            String text = String.format(Locale.ROOT, "%.2e", value);
            int at = text.indexOf('e');
            String digits = text.substring(0, at).replaceAll("\\.?0+$", "");
            return digits + "e" + Integer.parseInt(text.substring(at + 1));
        }
        String text = String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 1 ? "%.3f" : "%.4f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }
}
