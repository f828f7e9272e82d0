package dev.panacea.nn.weight;

import dev.panacea.nn.model.Models;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.VitConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which of the named models a file looks like, for messages. */
final class Likeness {
    private Likeness() {}

    /** The name of a model with as many channels and blocks, if there is one. */
    static Optional<String> of(Map<String, List<StoredWeight>> backbone) {
        List<StoredWeight> patches = backbone.getOrDefault("patch_embed.proj.weight", List.of());
        if (patches.isEmpty() || patches.getFirst().shape().size() != 4) {
            return Optional.empty();
        }
        long channels = patches.getFirst().shape().getFirst();
        int depth = blocks(backbone, "");
        List<Integer> depths = new ArrayList<>();
        for (int blocks; (blocks = blocks(backbone, "layers." + depths.size() + ".")) > 0; ) {
            depths.add(blocks);
        }
        return Models.names().stream().filter(name -> switch (Models.named(name)) {
            case SwinConfig swin -> swin.channels() == channels && swin.depths().equals(depths);
            case VitConfig vit -> vit.channels() == channels && vit.depth() == depth;
        }).findFirst();
    }

    private static int blocks(Map<String, List<StoredWeight>> backbone, String stage) {
        int blocks = 0;
        while (backbone.containsKey(stage + "blocks." + blocks + ".norm1.weight")) {
            blocks++;
        }
        return blocks;
    }
}
