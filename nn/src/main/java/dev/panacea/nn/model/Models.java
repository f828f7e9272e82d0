package dev.panacea.nn.model;

import dev.panacea.nn.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Backbones by name, for command lines and files. */
public final class Models {
    private static final SequencedMap<String, Supplier<BackboneConfig>> PRESETS = new LinkedHashMap<>();
    private static final Pattern NAME =
            Pattern.compile("([a-z]+_[a-z]+)(?:_patch(\\d{1,4}))?(?:_window(\\d{1,4}))?(?:_(\\d{1,5}))?");

    static {
        PRESETS.put("swin_nano", SwinConfig::nano);
        PRESETS.put("swin_tiny", SwinConfig::tiny);
        PRESETS.put("swin_small", SwinConfig::small);
        PRESETS.put("swin_base", SwinConfig::base);
        PRESETS.put("swin_large", SwinConfig::large);
        PRESETS.put("vit_nano", VitConfig::nano);
        PRESETS.put("vit_tiny", VitConfig::tiny);
        PRESETS.put("vit_small", VitConfig::small);
        PRESETS.put("vit_base", VitConfig::base);
        PRESETS.put("vit_large", VitConfig::large);
    }

    private Models() {}

    /** The names that {@link #named} knows. */
    public static List<String> names() {
        return List.copyOf(PRESETS.keySet());
    }

    /**
     * The configuration of a name, such as {@code swin_base}; sizes may follow as timm writes them:
     * {@code vit_base_patch32_448}, {@code swin_base_patch4_window7_224}.
     *
     * @throws ConfigException if there is none of that name, or the sizes contradict each other
     */
    public static BackboneConfig named(String name) {
        Matcher parts = NAME.matcher(name);
        Supplier<BackboneConfig> preset = parts.matches() ? PRESETS.get(parts.group(1)) : null;
        if (preset == null) {
            throw new ConfigException("model " + name + ": unknown name (need one of " + String.join(", ", names())
                    + "; sizes may follow, as in vit_base_patch32_448)");
        }
        BackboneConfig config = preset.get();
        config = config.withImage(number(parts.group(4), config.imagePixels()),
                number(parts.group(2), config.patchPixels()));
        return parts.group(3) == null ? config : config.withWindow(Integer.parseInt(parts.group(3)));
    }

    /**
     * The name whose model has as many channels and blocks as these parameters, if there is one: for messages about
     * files.
     *
     * @param shapes sizes of the axes by timm's names, of one backbone
     */
    public static Optional<String> like(Map<String, List<Long>> shapes) {
        List<Long> patches = shapes.getOrDefault("patch_embed.proj.weight", List.of());
        if (patches.size() != 4) {
            return Optional.empty();
        }
        long channels = patches.getFirst();
        int depth = blocks(shapes, "");
        List<Integer> depths = new ArrayList<>();
        for (int blocks; (blocks = blocks(shapes, "layers." + depths.size() + ".")) > 0; ) {
            depths.add(blocks);
        }
        return names().stream().filter(name -> switch (named(name)) {
            case SwinConfig swin -> swin.channels() == channels && swin.depths().equals(depths);
            case VitConfig vit -> vit.channels() == channels && vit.depth() == depth;
        }).findFirst();
    }

    private static int blocks(Map<String, List<Long>> shapes, String stage) {
        int blocks = 0;
        while (shapes.containsKey(stage + "blocks." + blocks + ".norm1.weight")) {
            blocks++;
        }
        return blocks;
    }

    private static int number(String digits, int otherwise) {
        return digits == null ? otherwise : Integer.parseInt(digits);
    }

    /** Checks what the configurations of both families have. */
    static void check(String where, double epsilon, double dropPath) {
        if (!(epsilon > 0 && epsilon < 1 && dropPath >= 0 && dropPath < 1)) {
            throw new ConfigException(where + ": epsilon " + epsilon + ", drop path " + dropPath
                    + " (need 0 < epsilon < 1, 0 <= drop path < 1)");
        }
    }
}
