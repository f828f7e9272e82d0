package dev.panacea.tools.transfer;

import dev.panacea.ace.study.BackboneSpec;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.weight.LoadOptions;
import dev.panacea.nn.weight.LoadReport;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.nn.weight.WeightLoader;
import dev.panacea.tensor.MemoryScope;
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
        if (FineTuned.isFineTuned(file)) {
            try (MemoryScope _ = MemoryScope.open("origin")) {
                TransferConfig config = FineTuned.load(file).config();
                Map<String, String> changes = backbone(config.model().name(), config.model().patch(),
                        config.model().window(), config.model().epsilon());
                changes.putAll(pictures(config.augment().mean(), config.augment().deviation(),
                        config.augment().channels(), config.view().pixels()));
                return changes;
            }
        }
        try (WeightFile weights = WeightFile.open(file)) {
            String text = weights.texts().get("config");
            if (text == null) {
                return Map.of();
            }
            PretrainConfig config = PretrainConfig.parse(text);
            Map<String, String> changes = backbone(config.model().name(), config.model().teacher(config.grid(),
                    config.augment().channels()).patchPixels(), config.model().window(), config.model().epsilon());
            changes.putAll(pictures(config.augment().mean(), config.augment().deviation(),
                    config.augment().channels(), config.grid().viewPixels()));
            return changes;
        } catch (ConfigException e) {
            throw new ConfigException("checkpoint " + file + ": " + e.getMessage());
        }
    }

    private static Map<String, String> backbone(String name, int patch, int window, double epsilon) {
        Map<String, String> changes = new LinkedHashMap<>();
        changes.put("model.name", name);
        changes.put("model.patch", Integer.toString(patch));
        changes.put("model.window", Integer.toString(window));
        changes.put("model.epsilon", Double.toString(epsilon));
        return changes;
    }

    private static Map<String, String> pictures(double mean, double deviation, int channels, int pixels) {
        return Map.of("augment.mean", Double.toString(mean), "augment.deviation", Double.toString(deviation),
                "augment.channels", Integer.toString(channels), "view.pixels", Integer.toString(pixels));
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
