package dev.panacea.tools.bench;

import dev.panacea.tensor.HostSpeed;
import dev.panacea.tensor.op.Work;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What was measured of one case.
 *
 * @param bench which of the benchmarks
 * @param name what ran
 * @param seconds the median of one call
 * @param gigaflops its products, in 10⁹ floating-point operations a second; 0 where it has none
 * @param gigabytes its inputs and outputs, in 10⁹ bytes a second; 0 where they were not counted
 * @param fraction of the bound
 * @param more what only some benchmarks have, by name
 */
record Row(String bench, String name, double seconds, double gigaflops, double gigabytes, double fraction,
        Map<String, Number> more) {
    /** Held against whichever takes longer, products or memory. */
    static Row kernel(String bench, String name, double seconds, Work work, HostSpeed speed) {
        return new Row(bench, name, seconds, work.flops() * 1e-9 / seconds, work.bytes() * 1e-9 / seconds,
                speed.seconds(work) / seconds, Map.of());
    }

    /** Held against multiply-adds alone. */
    static Row model(String bench, String name, double seconds, Work work, HostSpeed speed, Map<String, Number> more) {
        double gigaflops = work.flops() * 1e-9 / seconds;
        return new Row(bench, name, seconds, gigaflops, 0, gigaflops / speed.allThreads(), more);
    }

    /** As text: name, time, rate and fraction, then what else there is. */
    String line() {
        String rate = gigaflops > 0 ? String.format(Locale.ROOT, "%8.1f GFLOP/s", gigaflops)
                : String.format(Locale.ROOT, "%8.1f GB/s   ", gigabytes);
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-48s %s %s %6.2f", name, time(seconds),
                rate, fraction));
        more.forEach((what, value) -> line.append("  ").append(what).append(' ').append(
                value instanceof Double ? String.format(Locale.ROOT, "%.2f", value.doubleValue()) : value.toString()));
        return line.toString();
    }

    private static String time(double seconds) {
        return seconds < 1e-3 ? String.format(Locale.ROOT, "%8.1f µs", seconds * 1e6)
                : seconds < 1 ? String.format(Locale.ROOT, "%8.2f ms", seconds * 1e3)
                : String.format(Locale.ROOT, "%8.2f s ", seconds);
    }

    /** As a JSON line. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("bench", bench);
        fields.put("name", name);
        fields.put("seconds", seconds);
        if (gigaflops > 0) {
            fields.put("gigaflops", gigaflops);
        }
        if (gigabytes > 0) {
            fields.put("gigabytes", gigabytes);
        }
        fields.put("fraction", fraction);
        fields.putAll(more);
        return fields;
    }
}
