package dev.panacea.nn.checkpoint;

import dev.panacea.nn.model.Models;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.io.StoredTensor;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Why a checkpoint may not fit a model, for the end of an error's line. */
final class Guess {
    private static final String PATCHES = "patch_embed.proj.weight";
    private static final String OTHER = "of another configuration";

    private Guess() {}

    /** For a tensor that is missing: whether another of its shape has a name much like it. */
    static String renamed(String name, List<Long> shape, List<StoredTensor> others) {
        return others.stream().filter(other -> other.shape().equals(shape))
                .max(Comparator.comparingInt(other -> common(name, other.name())))
                .filter(other -> 2 * common(name, other.name()) >= name.length())
                .map(other -> "did you mean " + DataException.shown(other.name()) + "?")
                .orElse("is it of another model?");
    }

    /** Length of what two names begin and end with alike. */
    private static int common(String a, String b) {
        int most = Math.min(a.length(), b.length());
        int front = 0;
        while (front < most && a.charAt(front) == b.charAt(front)) {
            front++;
        }
        int back = 0;
        while (back < most - front && a.charAt(a.length() - 1 - back) == b.charAt(b.length() - 1 - back)) {
            back++;
        }
        return front + back;
    }

    /** For a tensor of another shape: which window, picture or preset it may come from. */
    static String reshaped(StoredTensor stored, List<Long> needed, SafetensorsFile file) {
        List<Long> shape = stored.shape();
        if (shape.equals(needed)) {
            return "was it converted to another type?";
        }
        boolean alike = shape.size() == needed.size() && !shape.isEmpty()
                && shape.getLast().equals(needed.getLast());
        if (alike && stored.name().endsWith("relative_position_bias_table")) {
            return "was its window " + Math.round((Math.sqrt(shape.getFirst()) + 1) / 2) + "?";
        }
        if (alike && shape.size() == 3 && stored.name().endsWith("pos_embed")) {
            long side = Math.round(Math.sqrt(shape.get(1) - 1));
            return "were its pictures " + side + " × " + side + " patches?";
        }
        return "is this " + model(stored.name(), file) + "?";
    }

    /** The named model that the model around that tensor looks like, or another configuration. */
    private static String model(String name, SafetensorsFile file) {
        for (String patches : file.names()) {
            String prefix = patches.endsWith(PATCHES)
                    ? patches.substring(0, patches.length() - PATCHES.length()) : null;
            if (prefix != null && name.startsWith(prefix)) {
                Map<String, List<Long>> shapes = new HashMap<>();
                file.names().stream().filter(other -> other.startsWith(prefix))
                        .forEach(other -> shapes.put(other.substring(prefix.length()), file.entry(other).shape()));
                return Models.like(shapes).orElse(OTHER);
            }
        }
        return OTHER;
    }
}
