package dev.panacea.tools.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.transfer.TransferConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a run was, in words: choices, machine, speed. */
final class Facts {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Facts() {}

    /** Facts of the run as a table. */
    static String table(Map<String, String> run, RunHistory log, List<RunStart> starts, String dataHash) {
        Map<String, String> facts = new LinkedHashMap<>(run);
        facts.put("time", duration(log.seconds()));
        facts.put("speed", String.format(Locale.ROOT, "%.1f pictures a second, %.1f %% of the time waiting for them",
                log.last("pictures a second"), 100 * log.last("waiting")));
        if (log.has("memory")) {
            facts.put("memory", String.format(Locale.ROOT, "%.0f MiB of tensors", log.last("memory") / (1 << 20)));
        }
        if (starts.isEmpty()) {
            facts.put("machine", "not recorded");
            facts.put(RunStart.DATA_HASH, dataHash);
        } else {
            starts.forEach(start -> facts.putAll(start.facts())); // the last one's count, and what only the first says
            facts.remove("from step");
            if (!dataHash.equals(facts.get(RunStart.DATA_HASH))) {
                facts.put("pictures shown here", "are of another list: " + dataHash);
            }
            if (starts.size() > 1) {
                facts.put("parts", starts.size() + ", from steps " + String.join(", ", starts.stream()
                        .map(start -> start.facts().getOrDefault("from step", "?")).toList()));
            }
        }
        StringBuilder table = new StringBuilder("<table class=\"facts\">\n");
        facts.forEach((name, value) -> table.append("<tr><th>").append(Page.escaped(name)).append("</th><td>")
                .append(Page.escaped(value)).append("</td></tr>\n"));
        return table.append("</table>\n").toString();
    }

    private static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole == 0 ? "not recorded" : whole < 120 ? whole + " s" : whole < 7200
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole / 60 % 60);
    }

    /** Every choice that is not its recipe's. */
    static String changes(PretrainConfig config) {
        return changes(config.json(), Recipe.named(config.recipe()).config().json(), config.recipe());
    }

    /** Every choice of a fine-tuning that is not the usual one for its kind and model. */
    static String changes(TransferConfig config) {
        return changes(config.json(), TransferConfig.usual(config.kind(), config.model().name()).json(), "usual");
    }

    private static String changes(String json, String others, String name) {
        Map<String, String> other = flat(others);
        StringBuilder table = new StringBuilder("<table class=\"choices\"><thead><tr><th>choice</th><th>this run</th>"
                + "<th>").append(name).append("</th></tr></thead>\n");
        int changed = 0;
        for (Map.Entry<String, String> choice : flat(json).entrySet()) {
            String before = other.get(choice.getKey());
            if (!choice.getValue().equals(before)) {
                changed++;
                table.append("<tr><td>").append(Page.escaped(choice.getKey())).append("</td><td>")
                        .append(Page.escaped(choice.getValue())).append("</td><td>").append(Page.escaped(before))
                        .append("</td></tr>\n");
            }
        }
        return changed == 0 ? "<p>None.</p>\n" : table + "</table>\n";
    }

    private static Map<String, String> flat(String json) {
        Map<String, String> flat = new LinkedHashMap<>();
        try {
            flatten("", MAPPER.readTree(json), flat);
        } catch (JsonProcessingException never) {
            throw new IllegalStateException(never); // a configuration is JSON
        }
        return flat;
    }

    private static void flatten(String name, JsonNode node, Map<String, String> flat) {
        if (node.isObject()) {
            node.properties().forEach(field -> flatten(name.isEmpty() ? field.getKey() : name + "." + field.getKey(),
                    field.getValue(), flat));
        } else {
            flat.put(name, node.asText());
        }
    }
}
