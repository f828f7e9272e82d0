package dev.panacea.ace.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Spelling;
import dev.panacea.tensor.DataException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Configurations, records of records, as JSON: strict in keys, kinds and numbers, so that no misspelt choice is lost.
 */
public final class ConfigText {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(MapperFeature.CAN_OVERRIDE_ACCESS_MODIFIERS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private ConfigText() {}

    /** All choices as JSON, which {@link #parse} reads. */
    public static String json(Record config) {
        try {
            return MAPPER.writeValueAsString(config);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads a configuration.
     *
     * @param begun what holds for all that the text does not name
     * @throws ConfigException if the text is no JSON, has a key that is not known, or a value that cannot be
     */
    public static <C extends Record> C parse(String json, C begun) {
        return changed(begun, object(json));
    }

    /**
     * What a text says of one key, where that is a text.
     *
     * @throws ConfigException if it is no JSON object
     */
    static Optional<String> named(String json, String key) {
        JsonNode value = object(json).path(key);
        return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
    }

    private static ObjectNode object(String json) {
        JsonNode given;
        try {
            given = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ConfigException("config: not JSON: " + said(e) + (e.getLocation() == null ? ""
                    : " (line " + e.getLocation().getLineNr() + ")"));
        }
        if (!(given instanceof ObjectNode object)) {
            throw new ConfigException("config: not an object: " + DataException.shown(json) + " (need {…})");
        }
        return object;
    }

    /**
     * A configuration with some values changed, all at once: sizes depend on each other.
     *
     * @param changes by names joined by dots, such as {@code optimizer.batch}; numbers, {@code true}, {@code false} or
     *     texts
     * @throws ConfigException if there is no such key, or a value cannot be
     */
    public static <C extends Record> C with(C config, Map<String, String> changes) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        changes.forEach((key, value) -> {
            ObjectNode at = all;
            String[] names = key.split("\\.", -1);
            for (int k = 0; k < names.length - 1; k++) {
                at = at.withObjectProperty(names[k]);
            }
            at.set(names[names.length - 1], scalar(value));
        });
        return changed(config, all);
    }

    private static JsonNode scalar(String value) {
        try {
            JsonNode node = MAPPER.readTree(value);
            return node.isNumber() || node.isBoolean() ? node : JsonNodeFactory.instance.textNode(value);
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.textNode(value);
        }
    }

    @SuppressWarnings("unchecked") // a record's class is that of what it is made from
    private static <C extends Record> C changed(C config, ObjectNode changes) {
        ObjectNode tree = MAPPER.valueToTree(config);
        merge("", tree, changes);
        try {
            return (C) MAPPER.treeToValue(tree, config.getClass());
        } catch (JsonProcessingException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof ConfigException refused) {
                    throw refused;
                }
            }
            throw new ConfigException("config: " + said(e));
        }
    }

    private static void merge(String where, ObjectNode tree, ObjectNode changes) {
        for (Map.Entry<String, JsonNode> change : changes.properties()) {
            String key = where + change.getKey();
            JsonNode old = tree.get(change.getKey());
            JsonNode now = change.getValue();
            if (old == null) {
                List<String> known = new ArrayList<>();
                tree.fieldNames().forEachRemaining(known::add);
                throw new ConfigException("config: unknown key " + DataException.shown(key) + " (did you mean "
                        + where + nearest(change.getKey(), known) + "?)");
            }
            if (!alike(old, now)) {
                throw new ConfigException("config: " + key + " is " + DataException.shown(now.toString()) + " (need "
                        + kind(old) + ")");
            }
            if (old instanceof ObjectNode object) {
                merge(key + ".", object, (ObjectNode) now);
            } else {
                tree.set(change.getKey(), now);
            }
        }
    }

    private static boolean alike(JsonNode old, JsonNode now) {
        return old.isIntegralNumber() ? now.isIntegralNumber()
                : old.isNumber() ? now.isNumber() : old.getNodeType() == now.getNodeType();
    }

    private static String kind(JsonNode node) {
        return node.isIntegralNumber() ? "a whole number" : switch (node.getNodeType()) {
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case STRING -> "a text";
            default -> "an object";
        };
    }

    private static String said(JsonProcessingException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("no reason given");
    }

    /** The known key that takes the fewest letters to change; of a long word from outside, the start is looked at. */
    private static String nearest(String asked, List<String> known) {
        String start = asked.substring(0, Math.min(asked.length(), 64));
        return known.stream().min(Comparator.comparingInt(key -> Spelling.distance(start, key))).orElseThrow();
    }
}
