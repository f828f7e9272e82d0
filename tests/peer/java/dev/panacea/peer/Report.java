package dev.panacea.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints a table for people and a line of JSON for each workload. */
final class Report {
    private final Path json;
    private final boolean table;
    private final int threads;

    /** Starts with the machine. */
    Report(Options options, String title) {
        json = options.json;
        threads = options.threads;
        boolean terminal = System.console() != null && System.console().isTerminal();
        table = json != null || terminal;
        try {
            if (json != null && !(options.append && Files.exists(json))) {
                Files.writeString(json, "");
            }
        } catch (IOException e) {
            throw failed(e);
        }
        say("%s · %s · %s · %d threads · Java %s%n", title, Instant.now().toString().substring(0, 16), machine(),
                threads, Runtime.version().feature());
    }

    /** A line of text in the table. */
    void say(String format, Object... values) {
        if (table) {
            System.out.printf(Locale.ROOT, format, values);
            System.out.flush();
        }
    }

    /** One JSON line: names and values in turns. */
    void json(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        fields.put("threads", threads);
        fields.put("machine", machine());
        StringBuilder line = new StringBuilder("{");
        fields.forEach((name, value) -> line.append(line.length() > 1 ? ", " : "").append('"').append(name)
                .append("\": ").append(text(value)));
        line.append("}\n");
        if (json == null && !table) {
            System.out.print(line);
            System.out.flush();
        } else if (json != null) {
            try {
                Files.writeString(json, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    private IllegalStateException failed(IOException e) {
        return new IllegalStateException("peer: " + json + ": cannot be written: " + e.getMessage(), e);
    }

    private static String text(Object value) {
        return switch (value) {
            case Double number when Double.isFinite(number) -> String.format(Locale.ROOT, "%.4g", number);
            case Integer number -> number.toString();
            case Long number -> number.toString();
            case List<?> all -> all.stream().map(Report::text).toList().toString();
            case Double _ -> "null";
            default -> '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        };
    }

    private static String machine() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("unknown CPU");
        } catch (IOException e) {
            return "unknown CPU";
        }
    }

    /** The middle one. */
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** The geometric mean. */
    static double mean(List<Double> ratios) {
        return Math.exp(ratios.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
    }
}
