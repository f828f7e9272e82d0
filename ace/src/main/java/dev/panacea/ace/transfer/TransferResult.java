package dev.panacea.ace.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.ace.metric.Interval;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What came of one run of fine-tuning, as {@code result.json} in its folder says.
 *
 * @param kind the label of a {@link TransferKind}
 * @param task the data set, such as {@code chestxray14}
 * @param method what a table calls the weights that the run began with, such as {@code ACE} or {@code random}
 * @param model the backbone, such as {@code swin_base}
 * @param init the file of those weights, or what else they were made of
 * @param seed what the run's draws came from
 * @param trainExamples how many pictures it was trained on
 * @param split what was measured on, such as {@code test}
 * @param cases how many pictures those are
 * @param primary name of the number that it is reported by, one of the numbers
 * @param lowerIsBetter whether less of that is better
 * @param numbers all that was measured, by name
 */
public record TransferResult(String kind, String task, String method, String model, String init, long seed,
        int trainExamples, String split, int cases, String primary, boolean lowerIsBetter,
        SequencedMap<String, Interval> numbers) {
    /** Its name in the folder of a run. */
    public static final String FILE = "result.json";
    /** Begins the names of numbers that answers by ten crops give, where both were measured. */
    public static final String TEN_CROP = "ten-crop ";
    /** The kinds of tasks, in the order of a table. */
    public static final List<String> KINDS = Arrays.stream(TransferKind.values()).map(TransferKind::label).toList();

    private static final List<String> KEYS = List.of("kind", "task", "method", "model", "init", "seed",
            "trainExamples", "split", "cases", "primary", "lowerIsBetter", "numbers");
    private static final int LARGEST_FILE = 1 << 20;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /**
     * Copies the numbers.
     *
     * @throws DataException if there is no such kind, a count is negative, or the primary number is missing
     */
    public TransferResult {
        numbers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(numbers));
        if (!KINDS.contains(kind)) {
            throw new DataException("kind is " + DataException.shown(kind) + " (need " + String.join(", ", KINDS)
                    + ")");
        }
        if (trainExamples < 0 || cases < 0) {
            throw new DataException("trainExamples " + trainExamples + ", cases " + cases + " (need 0 or more)");
        }
        if (!numbers.containsKey(primary)) {
            throw new DataException("primary is " + DataException.shown(primary) + " (need one of the numbers)");
        }
    }

    /** As JSON, with the end of its line; NaN is null. */
    public String json() {
        ObjectNode tree = MAPPER.createObjectNode().put("kind", kind).put("task", task).put("method", method)
                .put("model", model).put("init", init).put("seed", seed).put("trainExamples", trainExamples)
                .put("split", split).put("cases", cases).put("primary", primary).put("lowerIsBetter", lowerIsBetter);
        ObjectNode measured = tree.putObject("numbers");
        numbers.forEach((name, interval) -> measured.putObject(name).put("value", orNull(interval.value()))
                .put("low", orNull(interval.low())).put("high", orNull(interval.high())));
        try {
            return MAPPER.writeValueAsString(tree) + "\n";
        } catch (JsonProcessingException never) {
            throw new IllegalStateException(never); // texts and numbers can always be written
        }
    }

    private static Double orNull(double value) {
        return Double.isNaN(value) ? null : (Double) value;
    }

    /**
     * What a text says that {@link #json} made.
     *
     * @param json the text
     * @param where it comes from, for errors
     * @throws DataException if it says anything else, or not all
     */
    public static TransferResult parse(String json, String where) {
        try {
            Fields fields = new Fields("", MAPPER.readTree(json), KEYS);
            Fields numbers = new Fields("numbers.", fields.any("numbers"), null);
            SequencedMap<String, Interval> read = new LinkedHashMap<>();
            for (String name : numbers.keys()) {
                Fields number = new Fields(name + ".", numbers.any(name), List.of("value", "low", "high"));
                read.put(name, new Interval(number.number("value"), number.number("low"), number.number("high")));
            }
            return new TransferResult(fields.text("kind"), fields.text("task"), fields.text("method"),
                    fields.text("model"), fields.text("init"), fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                    (int) fields.whole("trainExamples", 0, Integer.MAX_VALUE), fields.text("split"),
                    (int) fields.whole("cases", 0, Integer.MAX_VALUE), fields.text("primary"),
                    fields.truth("lowerIsBetter"), read);
        } catch (JsonProcessingException e) {
            throw new DataException(where + ": not JSON" + (e.getLocation() == null ? "" : ", line "
                    + e.getLocation().getLineNr()) + " (is it the result of a fine-tuning?)", e);
        } catch (DataException e) {
            throw new DataException(where + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a file.
     *
     * @throws DataException if it cannot be read, or is no result
     */
    public static TransferResult read(Path path) {
        String where = "result " + path;
        try {
            if (!Files.isRegularFile(path) || Files.size(path) > LARGEST_FILE) {
                throw new DataException(where + ": " + (Files.exists(path) ? "no plain file of at most 1 MiB"
                        : "no such file") + " (name the result of a fine-tuning)");
            }
            return parse(new String(Files.readAllBytes(path), StandardCharsets.UTF_8), where);
        } catch (IOException e) {
            throw new DataException(where + ": cannot be read: " + e.getClass().getSimpleName()
                    + " (check its permissions)", e);
        }
    }

    /**
     * Writes a file.
     *
     * @param path the file to write or replace; its folder must exist
     * @throws DataException if it cannot be written
     */
    public void write(Path path) {
        AtomicFile.write(path, "result", json().getBytes(StandardCharsets.UTF_8));
    }

    /** An object whose keys are all there and no others are; errors say its name before theirs. */
    private record Fields(String name, JsonNode node, List<String> known) {
        Fields {
            if (!node.isObject()) {
                throw new DataException((name.isEmpty() ? "not an object"
                        : DataException.shown(name.substring(0, name.length() - 1)) + " is no object") + " (need {…})");
            }
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                if (known != null && !known.contains(field.getKey())) {
                    throw new DataException("unknown key " + DataException.shown(name + field.getKey()) + " (need "
                            + String.join(", ", known) + ")");
                }
            }
        }

        List<String> keys() {
            List<String> keys = new ArrayList<>();
            node.fieldNames().forEachRemaining(keys::add);
            return keys;
        }

        JsonNode any(String key) {
            if (!node.has(key)) {
                throw new DataException(DataException.shown(name + key) + " is missing (is it the result of a"
                        + " fine-tuning?)");
            }
            return node.get(key);
        }

        private JsonNode checked(String key, boolean fits, String need) {
            if (!fits) {
                throw new DataException(DataException.shown(name + key) + " is "
                        + DataException.shown(any(key).toString()) + " (need " + need + ")");
            }
            return any(key);
        }

        String text(String key) {
            return checked(key, any(key).isTextual(), "a text").textValue();
        }

        boolean truth(String key) {
            return checked(key, any(key).isBoolean(), "true or false").booleanValue();
        }

        long whole(String key, long least, long most) {
            JsonNode value = any(key);
            boolean fits = value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= least
                    && value.longValue() <= most;
            return checked(key, fits, "a whole number of " + least + " to " + most).longValue();
        }

        double number(String key) {
            JsonNode value = checked(key, any(key).isNumber() || any(key).isNull(), "a number, or null");
            return value.isNull() ? Double.NaN : value.doubleValue();
        }
    }
}
