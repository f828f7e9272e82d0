package dev.panacea.tools.lesson;

import java.util.Locale;

/** Amounts in words. */
final class Sizes {
    private Sizes() {}

    /** Bytes, with a unit that leaves few digits. */
    static String bytes(long bytes) {
        String[] units = {"B", "kB", "MB", "GB"};
        double amount = bytes;
        int unit = 0;
        for (; amount >= 1000 && unit < units.length - 1; unit++) {
            amount /= 1000;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
    }
}
