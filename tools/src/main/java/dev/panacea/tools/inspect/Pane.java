package dev.panacea.tools.inspect;

import dev.panacea.tools.report.Heat;
import java.util.Arrays;
import java.util.Locale;

/**
 * A map that lies over the picture, one pixel a token.
 *
 * @param caption what it is, with the range of its numbers
 * @param map its colours, an address
 * @param side tokens of a row, and rows
 * @param clear whether the picture shows through
 * @param marked the token that it is about, row by row, or −1
 */
record Pane(String caption, String map, int side, boolean clear, int marked) {
    /** Numbers from their least to their largest. */
    static Pane heat(String caption, double[] values, int side, int marked) {
        double least = Arrays.stream(values).min().orElse(0);
        double most = Arrays.stream(values).max().orElse(0);
        float[] shares = new float[values.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = most > least ? (float) ((values[i] - least) / (most - least)) : 0;
        }
        return new Pane(String.format(Locale.ROOT, "%s: %s to %s", caption, shown(least), shown(most)),
                Heat.map(shares, side), side, true, marked);
    }

    private static String shown(double value) {
        return value == 0 ? "0" : Math.abs(value) < 1e-3 ? String.format(Locale.ROOT, "%.1e", value)
                : String.format(Locale.ROOT, "%.3g", value);
    }

    /** Colours of tokens, red, green and blue in 0..1. */
    static Pane colours(String caption, float[] rgb, int side) {
        return new Pane(caption, Heat.colours(rgb, side), side, false, -1);
    }
}
