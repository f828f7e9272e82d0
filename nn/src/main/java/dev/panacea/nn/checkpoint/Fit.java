package dev.panacea.nn.checkpoint;

import dev.panacea.nn.CheckpointException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.io.StoredTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whether the tensors of a file are those that are needed: by name, shape and type, none missing, none too many. */
final class Fit {
    /** What the checksum of a file is called; it belongs to no model. */
    private static final String CHECKSUM = "crc32c";

    private final SafetensorsFile file;
    private final String where;

    Fit(SafetensorsFile file, String where) {
        this.file = file;
        this.where = where;
    }

    /**
     * Refuses what does not fit, with a guess at why.
     *
     * @param whole whether models and optimisers of which nothing is wanted are too many
     */
    void check(Map<String, Tensor> wanted, boolean whole) {
        Set<String> parts = wanted.keySet().stream().map(Fit::part).collect(Collectors.toSet());
        List<String> wrong = new ArrayList<>();
        wanted.forEach((name, tensor) -> {
            if (!fits(name, tensor.spec())) {
                wrong.add(name);
            }
        });
        List<StoredTensor> extra = file.names().stream()
                .filter(name -> !wanted.containsKey(name) && !name.equals(CHECKSUM))
                .filter(name -> whole || parts.contains(part(name))).map(file::entry).toList();
        if (!wrong.isEmpty()) {
            String first = wrong.getFirst();
            Spec spec = wanted.get(first).spec();
            boolean missing = !file.names().contains(first);
            throw refused(first + " is " + (missing ? "missing" : stored(first)) + ", model needs " + spec,
                    wrong.size() - 1, missing ? Guess.renamed(first, shape(spec), extra)
                            : Guess.reshaped(file.entry(first), shape(spec), file));
        }
        if (!extra.isEmpty()) {
            String first = extra.getFirst().name();
            throw refused(DataException.shown(first) + " is " + stored(first) + ", model has no such tensor",
                    extra.size() - 1, "is it of a larger model, or of more models?");
        }
    }

    /** The name of the model or optimiser that a tensor belongs to. */
    private static String part(String name) {
        return name.substring(0, Math.max(0, name.indexOf('.')));
    }

    private boolean fits(String name, Spec spec) {
        if (!file.names().contains(name)) {
            return false;
        }
        StoredTensor entry = file.entry(name);
        return entry.type().name().equals(spec.type().name()) && entry.shape().equals(shape(spec));
    }

    private static List<Long> shape(Spec spec) {
        return IntStream.of(spec.shape().dims()).mapToObj(Long::valueOf).toList();
    }

    private String stored(String name) {
        return file.entry(name).type() + " " + file.entry(name).shape();
    }

    private CheckpointException refused(String rule, int others, String guess) {
        return new CheckpointException("checkpoint " + where + ": " + rule
                + (others == 0 ? "" : ", and " + others + " more") + " (" + guess + ")");
    }
}
