package dev.panacea.tools.transfer;

import dev.panacea.ace.study.BackboneSpec;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.nn.weight.LoadOptions;
import dev.panacea.nn.weight.LoadReport;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.nn.weight.WeightLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The weights that fine-tuning begins with: a run's, a file's. */
final class Origin {
    private final Path file;

    /**
     * Weights that a person names.
     *
     * @param given the folder of a run, or a file
     */
    Origin(String given) {
        file = BackboneSpec.checkpoint(Path.of(given));
    }

    /**
     * What the file says of its backbone and of the pictures that it has seen, as changes of a {@link TransferConfig};
     * nothing where it does not tell.
     */
    Map<String, String> changes() {
        Map<String, Object> changes = new LinkedHashMap<>();
        BackboneSpec.toldBy(file).ifPresent(spec -> {
            changes.put("model.name", spec.name());
            changes.put("model.patch", spec.model().patchPixels());
            changes.put("view.pixels", spec.model().imagePixels());
            changes.put("augment.mean", spec.augment().mean());
            changes.put("augment.deviation", spec.augment().deviation());
            changes.put("augment.channels", spec.model().colours());
            switch (spec.model()) {
                case SwinConfig swin -> {
                    changes.put("model.window", swin.window());
                    changes.put("model.epsilon", swin.epsilon());
                }
                case VitConfig vit -> changes.put("model.epsilon", vit.epsilon());
            }
        });
        Map<String, String> texts = new LinkedHashMap<>();
        changes.forEach((key, value) -> texts.put(key, value.toString()));
        return texts;
    }

    /**
     * Fills the backbone.
     *
     * @param part of a file with several models; empty for the teacher
     * @throws dev.panacea.nn.CheckpointException if under 95 % of it match
     */
    LoadReport load(Parameters parameters, String part) {
        LoadOptions options = LoadOptions.DEFAULT.withInto("backbone.");
        try (WeightFile weights = WeightFile.open(file)) {
            return WeightLoader.load(weights, parameters, part.isEmpty() ? options : options.withPart(part));
        }
    }
}
