package dev.panacea.tools.gpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One part of the report: what was found, as text and as fields, and what went wrong. */
final class Section {
    private final String title;
    private final List<String> lines = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Object> fields = new LinkedHashMap<>();

    Section(String title) {
        this.title = title;
    }

    /** A line of Markdown. */
    void line(String text) {
        lines.add(text);
    }

    /** A row of a table; the first one gets the rule below it. */
    void row(Object... cells) {
        List<String> texts = new ArrayList<>();
        for (Object cell : cells) {
            texts.add(String.valueOf(cell).replace("|", "\\|"));
        }
        boolean first = lines.isEmpty() || !lines.getLast().startsWith("|");
        if (first) {
            lines.add("");
        }
        lines.add("| " + String.join(" | ", texts) + " |");
        if (first) {
            lines.add("|---".repeat(cells.length) + "|");
        }
    }

    /** A name and a value for the JSON form. */
    void field(String name, Object value) {
        fields.put(name, value);
    }

    /** What must not be. */
    void failure(String text) {
        failures.add(text);
    }

    List<String> failures() {
        return failures;
    }

    Map<String, Object> fields() {
        Map<String, Object> all = new LinkedHashMap<>(fields);
        all.put("failures", failures);
        return all;
    }

    String title() {
        return title;
    }

    String markdown() {
        StringBuilder text = new StringBuilder("\n## ").append(title).append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        if (!failures.isEmpty()) {
            text.append("\n**Failures: ").append(failures.size()).append("**\n\n");
            failures.forEach(failure -> text.append("- ").append(failure.replace("\n", " ")).append('\n'));
        }
        return text.toString();
    }
}
