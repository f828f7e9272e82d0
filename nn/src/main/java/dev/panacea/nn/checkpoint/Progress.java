package dev.panacea.nn.checkpoint;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.ConfigException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a checkpoint says besides its tensors.
 *
 * @param position where the run stands
 * @param texts what else the run needs to know, such as its {@code config}
 * @param history the metric records so far, one line each
 * @param metric what the best checkpoint is chosen by; NaN for none
 */
public record Progress(Position position, Map<String, String> texts, List<String> history, double metric) {
    private static final Set<String> OWN = Set.of("format", "version", "seed", "step", "epoch", "sample", "history",
            "metric");

    /**
     * Checks texts and records.
     *
     * @throws ConfigException if a text has a name of the format's own, or a record is not one line
     */
    public Progress {
        texts = Map.copyOf(texts);
        history = List.copyOf(history);
        for (String name : texts.keySet()) {
            if (OWN.contains(name)) {
                throw new ConfigException("progress: name of a text is taken: " + name + " (rename it)");
            }
        }
        for (String line : history) {
            if (line.isEmpty() || line.indexOf('\n') >= 0) {
                throw new ConfigException("progress: record is not one line: \"" + line.replace("\n", "\\n") + "\"");
            }
        }
    }

    /** The free texts of a file. */
    Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>(texts);
        metadata.put("seed", Long.toString(position.seed()));
        metadata.put("step", Long.toString(position.step()));
        metadata.put("epoch", Long.toString(position.epoch()));
        metadata.put("sample", Long.toString(position.sample()));
        metadata.put("history", String.join("\n", history));
        metadata.put("metric", Double.toString(metric));
        return metadata;
    }

    /** Reads them back. */
    static Progress of(Map<String, String> metadata, String where) {
        for (String name : OWN) {
            if (!metadata.containsKey(name)) {
                throw new CheckpointException("checkpoint " + where + ": text is missing: " + name
                        + " (take another checkpoint)");
            }
        }
        Map<String, String> texts = new HashMap<>(metadata);
        texts.keySet().removeAll(OWN);
        String history = metadata.get("history");
        try {
            Position position = new Position(Long.parseLong(metadata.get("seed")),
                    Long.parseLong(metadata.get("step")), Long.parseLong(metadata.get("epoch")),
                    Long.parseLong(metadata.get("sample")));
            return new Progress(position, texts, history.isEmpty() ? List.of() : List.of(history.split("\n", -1)),
                    Double.parseDouble(metadata.get("metric")));
        } catch (NumberFormatException | ConfigException e) {
            throw new CheckpointException("checkpoint " + where + ": texts are not those of a run: seed, step, epoch, "
                    + "sample, history or metric (take another checkpoint)", e);
        }
    }
}
