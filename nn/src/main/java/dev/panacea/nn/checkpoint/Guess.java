package dev.panacea.nn.checkpoint;

import dev.panacea.nn.model.Models;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.io.StoredTensor;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a checkpoint may not fit a model, for the end of an error's line. */
final class Guess {
    private static final String PATCHES = "patch_embed.proj.weight";
    private static final Pattern BLOCK = Pattern.compile("(?:layers\\.\\d+\\.)?blocks\\.\\d+\\.");

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
        String preset = preset(stored.name(), file);
        return "is this " + (preset == null ? "of another configuration" : preset) + "?";
    }

    /** The preset whose channels and blocks the model around that tensor has, or null. */
    private static String preset(String name, SafetensorsFile file) {
        for (String patches : file.names()) {
            String model = patches.endsWith(PATCHES) ? patches.substring(0, patches.length() - PATCHES.length()) : null;
            if (model != null && name.startsWith(model) && !file.entry(patches).shape().isEmpty()) {
                List<String> blocks = file.names().stream().filter(other -> other.startsWith(model))
                        .map(other -> BLOCK.matcher(other.substring(model.length()))).filter(Matcher::lookingAt)
                        .map(Matcher::group).distinct().toList();
                boolean stages = !blocks.isEmpty() && blocks.getFirst().startsWith("layers");
                long channels = file.entry(patches).shape().getFirst();
                return Models.names().stream().filter(preset -> switch (Models.named(preset)) {
                    case SwinConfig c -> stages && c.channels() == channels
                            && c.depths().stream().mapToInt(Integer::intValue).sum() == blocks.size();
                    case VitConfig c -> !stages && c.channels() == channels && c.depth() == blocks.size();
                }).findFirst().orElse(null);
            }
        }
        return null;
    }
}
