package dev.panacea.tools.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.tensor.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The numbers of a run's {@code log.jsonl} by name, and what it says of collapses. */
final class RunHistory {
    /** The name of the global loss less the teacher's entropy, which the log leaves to its readers. */
    static final String DIVERGENCE = "divergence";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, double[]> columns = new HashMap<>();
    private final List<String> collapses = new ArrayList<>();
    private int size;

    private RunHistory() {}

    /** Reads a log; a last line that was cut short is left out. */
    static RunHistory read(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new DataException("log " + path + ": no such file (name the folder of a run that did some steps)");
        }
        RunHistory history = new RunHistory();
        try (BufferedReader lines = Files.newBufferedReader(path)) {
            String line = lines.readLine();
            for (int number = 1; line != null; number++) {
                String next = lines.readLine();
                JsonNode row = parsed(line);
                if (row != null) {
                    history.add(row);
                } else if (next != null) {
                    throw new DataException("log " + path + ": line " + number + " is not a step's numbers as JSON:"
                            + " " + DataException.shown(line) + " (take the log of another run, or mend it)");
                }
                line = next;
            }
        } catch (IOException e) {
            throw new DataException("log " + path + ": cannot be read: " + e.getClass().getSimpleName()
                    + " (check that it is text, and its permissions)", e);
        }
        if (history.size == 0) {
            throw new DataException("log " + path + ": no steps (name the folder of a run that did some)");
        }
        history.columns.replaceAll((name, column) -> Arrays.copyOf(longEnough(column, history.size), history.size));
        if (history.has("loss/global") && history.has("teacher/entropy")) {
            double[] divergence = history.of("loss/global").clone();
            Arrays.setAll(divergence, i -> divergence[i] - history.of("teacher/entropy")[i]);
            history.columns.put(DIVERGENCE, divergence);
        }
        return history;
    }

    private static JsonNode parsed(String line) {
        try {
            JsonNode row = MAPPER.readTree(line);
            return row.path("step").isIntegralNumber() ? row : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private void add(JsonNode row) {
        row.properties().forEach(field -> {
            if (field.getValue().isNumber()) {
                double[] column = columns.compute(field.getKey(), (name, old) -> longEnough(old, size + 1));
                column[size] = field.getValue().doubleValue();
            }
        });
        if (row.path("collapse").isTextual()) {
            collapses.add(row.get("collapse").textValue());
        }
        size++;
    }

    /** The column, or a longer one that holds NaN where nothing was written. */
    private static double[] longEnough(double[] column, int length) {
        if (column != null && column.length >= length) {
            return column;
        }
        double[] longer = absent(2 * length);
        if (column != null) {
            System.arraycopy(column, 0, longer, 0, column.length);
        }
        return longer;
    }

    private static double[] absent(int length) {
        double[] column = new double[length];
        Arrays.fill(column, Double.NaN);
        return column;
    }

    /** Number of steps. */
    int size() {
        return size;
    }

    /** What has collapsed, in the order of the steps. */
    List<String> collapses() {
        return collapses;
    }

    /** Whether there are such numbers. */
    boolean has(String name) {
        return columns.containsKey(name);
    }

    /** The numbers of that name, one a step; NaN where there are none. */
    double[] of(String name) {
        return columns.getOrDefault(name, absent(size));
    }

    /** The number of the last step. */
    double last(String name) {
        return of(name)[size - 1];
    }

    /** Mean of the first tenth of the steps. */
    double begin(String name) {
        return mean(of(name), 0, tenth());
    }

    /** Mean of the last tenth. */
    double end(String name) {
        return mean(of(name), size - tenth(), size);
    }

    private int tenth() {
        return Math.max(1, size / 10);
    }

    private static double mean(double[] values, int from, int to) {
        return Arrays.stream(values, from, to).average().orElse(Double.NaN);
    }

    /** Seconds of all processes that took part: each counts from its own start. */
    double seconds() {
        double[] seconds = of("seconds");
        double sum = 0;
        for (int i = 0; i < size; i++) {
            boolean last = i == size - 1 || !(seconds[i + 1] >= seconds[i]);
            sum += last && !Double.isNaN(seconds[i]) ? seconds[i] : 0;
        }
        return sum;
    }
}
